"""`python -m playground.cluster`: a whole cluster on this machine, with the page in front of it."""

from playground.cluster.serve import main

if __name__ == "__main__":
    main()

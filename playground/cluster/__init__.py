"""Models on other machines: replicas over Ray Serve, and the backend that asks them."""

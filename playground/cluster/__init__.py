"""The backend's models on other machines: replicas over Ray Serve. `playground.backend.remote` asks
them."""

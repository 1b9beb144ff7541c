"""Use cases. They depend on the domain and on ports, not on adapters."""

"""The HTTP contract as structs, one module a resource."""

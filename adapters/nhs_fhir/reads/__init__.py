"""How each type of resource is loaded for a reader: a module a concern, a function a type."""

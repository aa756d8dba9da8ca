"""The commands, a module a family; each adds its own to the command line."""

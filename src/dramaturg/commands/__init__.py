"""The commands of the command line, one module a group. Each module has `add_commands`."""

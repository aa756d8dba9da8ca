"""The reading room: a library in the browser, on this machine. `dramaturg serve`."""

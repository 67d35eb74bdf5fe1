"""The console: pages about a library, to be read in a browser. It changes nothing."""

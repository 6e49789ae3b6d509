"""Server: the HTTP server of our processes, in which nothing that a client does can hold up another request."""

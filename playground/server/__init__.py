"""The process around the pages: HTTP, security headers, the page cache, the Model Context Protocol,
signals."""

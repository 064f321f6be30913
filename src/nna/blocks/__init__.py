"""Parts named in the literature and wanted by three or more architectures."""

"""Files in forms: none. Data come in by an upload of their own, in pieces that are counted."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class NoFiles(FileUploadHandler):
    """Stops reading a form at its first file, before any of it is kept."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Called when a file begins."""
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Never called: no file begins."""
        return None

    def file_complete(self, file_size: int) -> None:
        """Never called: no file begins."""

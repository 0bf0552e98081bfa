"""The container's health check: ends with status 0 if the dashboard in it answers."""

import os
import sys
from http.client import HTTPConnection, HTTPException

PORT = int(os.environ.get("STREAMLIT_SERVER_PORT") or 8501)

try:
    # Not urllib: that would ask a proxy. Under this name it answers whatever else its owner allows.
    connection = HTTPConnection("127.0.0.1", PORT, timeout=4)
    connection.request("GET", "/_stcore/health", headers={"Host": "localhost"})
    answer = connection.getresponse()
    connection.close()
except (OSError, HTTPException) as error:
    sys.exit(f"The dashboard does not answer: {error}")
if answer.status != 200:
    sys.exit(f"The dashboard answers {answer.status} {answer.reason}")

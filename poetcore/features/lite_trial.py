"""The child process that runs a LiteRT file from elsewhere once: what crashes the interpreter ends it here.

It reads the file as base64 from standard input, and runs it on zeros.
"""

import base64
import sys

from poetcore.system.processes import told_to_parent


def _main() -> None:
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter

    with told_to_parent():
        interpreter = Interpreter(model_content=base64.b64decode(sys.stdin.read()), num_threads=1)
        interpreter.allocate_tensors()
        for fed in interpreter.get_input_details():
            interpreter.set_tensor(fed["index"], np.zeros(fed["shape"], fed["dtype"]))
        interpreter.invoke()
        for given in interpreter.get_output_details():
            interpreter.get_tensor(given["index"])


if __name__ == "__main__":
    _main()

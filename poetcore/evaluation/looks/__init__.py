"""Why a model predicts a label: where in a picture it sees it, and which training pictures are alike."""

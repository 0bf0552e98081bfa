"""Ridge regression as last layer: solved in closed form, with exact predictions of what is held out.

Feature vectors are divided by their length and centred, and one-hot targets are regressed on them. With the
centred rows times the root of what an example counts as X and Y, and a strength s, the layer is
W = (X'X + s)^-1 X'Y, and its outputs for the examples are H Y with H = X (X'X + s)^-1 X'. Examples g that are
predicted by the layer trained without them have the errors (1 - H_gg)^-1 (Y - H Y)_g, where H counts the
intercept too: no layer has to be trained again. What an example counts, centre and scale stay those of all.

One decomposition into eigenvectors serves every strength: X'X = V E V', P = X V, H = P (E + s)^-1 P'.

Source: T. Hastie, R. Tibshirani, J. Friedman, "The elements of statistical learning" (2009), sections 3.4.1
and 7.10; for several examples the same identity in blocks.
"""

from collections.abc import Iterator

import numpy as np

from poetcore.training.train import Examples
from poetcore.workspace.head import Head, unit_vectors

__all__ = ["Ridge", "RidgePart"]

#: Examples that are read at a time.
_CHUNK = 2000

#: Examples of one fold or label that are worked on at a time; of more the projections are not kept, as those
#: of a fifth of 200,000 take 200 MB, but computed when they are needed, twice in all.
_AT_ONCE = 4096

#: Makes logits of outputs, which lie between 0 and 1, before a temperature is fitted.
_LOGITS = 10


class Ridge:
    """Ridge regression on some examples, of which the layer for any strength follows at once.

    A strength is in hundredths of the mean square of the centred vectors, so that it means the same for any
    backbone and number of examples.

    Args:
        examples: at least one of each label, of one label each.
        labels: how many labels there are.
        class_weight: "balanced", each label counts as much as any other, or "none", each example does.
    """

    def __init__(self, examples: Examples, labels: int, class_weight: str = "balanced") -> None:
        self._examples = examples
        self.count, self.labels = len(examples), labels
        sizes = np.bincount(examples.targets, minlength=labels)
        weights = np.ones(self.count)
        if class_weight == "balanced":
            weights = self.count / (np.count_nonzero(sizes) * sizes[examples.targets])
        self._root = np.sqrt(weights).astype(np.float32)
        total, squares = np.zeros(examples.vectors.shape[1]), 0.0
        for chosen in self._chunks():
            vectors = unit_vectors(examples.take(chosen)[0])
            total += weights[chosen] @ vectors
            squares += float(weights[chosen] @ np.einsum("ij,ij->i", vectors, vectors))
        self._centre = (total / self.count).astype(np.float32)
        spread = squares / self.count - float(self._centre @ self._centre)
        self._scale = np.float32(1 / np.sqrt(max(spread, 1e-12)))
        self._mean = np.bincount(examples.targets, weights, labels).astype(np.float32) / np.float32(
            self.count
        )
        self._wide = self.count <= len(self._centre)
        everyone = np.arange(self.count)
        if self._wide:  # with fewer examples than numbers in a vector their products are the smaller matrix
            rows = self._rows(everyone)
            self._values, vectors = _eigenvectors(rows @ rows.T)
            self._projected = vectors * np.sqrt(self._values)
            self._moments = self._projected.T @ self._aims(everyone)
            return
        square = np.zeros((len(self._centre),) * 2, np.float32)
        moments = np.zeros((len(self._centre), labels), np.float32)
        for chosen in self._chunks():
            rows = self._rows(chosen)
            square += rows.T @ rows
            moments += rows.T @ self._aims(chosen)
        self._values, self._vectors = _eigenvectors(square)
        self._moments = self._vectors.T @ moments

    def head(self, strength: float, temperature: float) -> Head:
        """Return the layer.

        Args:
            strength: of the regularisation.
            temperature: what its logits are divided by.
        """
        answers = self._moments * self._shares(strength)[:, np.newaxis]
        if self._wide:
            everyone = np.arange(self.count)
            errors = self._aims(everyone) - self._projected @ answers
            kernel = self._rows(everyone).T @ errors / self._added(strength)
        else:
            kernel = self._vectors @ answers
        kernel *= self._scale
        bias = self._mean - self._centre @ kernel
        factor = np.float32(_LOGITS / temperature)
        return Head(kernel * factor, bias * factor, unit=True)

    def part(self, chosen: np.ndarray) -> "RidgePart":
        """Return some of the examples, to be predicted.

        Args:
            chosen: `(m,) int64`, their indices.
        """
        return RidgePart(self, chosen)

    def _added(self, strength: float) -> np.float32:
        """Return what is added to the diagonal of X'X."""
        return np.float32(strength * self.count / 100)

    def _shares(self, strength: float) -> np.ndarray:
        """Return the diagonal of (E + s)^-1."""
        shares: np.ndarray = 1 / (self._values + self._added(strength))
        return shares

    def _chunks(self) -> Iterator[np.ndarray]:
        yield from np.split(np.arange(self.count), range(_CHUNK, self.count, _CHUNK))

    def _rows(self, chosen: np.ndarray) -> np.ndarray:
        """Return rows of X, `(m, vector_length) float32`."""
        rows = unit_vectors(self._examples.take(chosen)[0])
        rows -= self._centre
        rows *= self._scale * self._root[chosen, np.newaxis]
        return rows

    def _aims(self, chosen: np.ndarray) -> np.ndarray:
        """Return rows of Y, `(m, labels) float32`."""
        aims = np.tile(-self._mean, (len(chosen), 1))
        aims[np.arange(len(chosen)), self._examples.targets[chosen]] += 1
        aims *= self._root[chosen, np.newaxis]
        return aims


class RidgePart:
    """Some examples of a ridge regression, predicted by the layer of any strength.

    Logits are before any temperature.

    Args:
        ridge: the regression.
        chosen: `(m,) int64`, which of its examples.
    """

    def __init__(self, ridge: Ridge, chosen: np.ndarray) -> None:
        self._ridge, self._chosen = ridge, chosen
        self._targets = ridge._examples.targets[chosen]
        self._aims, self._root = ridge._aims(chosen), ridge._root[chosen]
        self._kept: np.ndarray | None = None
        if ridge._wide or len(chosen) <= _AT_ONCE:
            self._kept = self._projected(np.arange(len(chosen)))

    def logits(self, strength: float) -> np.ndarray:
        """Compute the logits of these examples by the layer trained on all, `(m, labels) float32`."""
        return self._logits(self._errors(strength))

    def logits_left_out(self, strength: float, groups: np.ndarray) -> np.ndarray:
        """Compute the logits of each example by the layer that is trained without its group.

        Args:
            strength: of the regularisation.
            groups: `(m,) int64`, the group of each; no group has examples that are not among these.

        Returns:
            `(m, labels) float32`.
        """
        shares, errors = self._ridge._shares(strength), self._errors(strength)
        _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
        alone, left_out = sizes[group] == 1, errors.copy()
        own = self._root[alone] ** 2 / np.float32(self._ridge.count)  # of the intercept
        squares = [(self._projected(some) ** 2) @ shares for some in _parts(np.flatnonzero(alone))]
        rest = 1 - np.concatenate([np.empty(0, np.float32), *squares]) - own
        left_out[alone] /= np.maximum(rest, np.float32(1e-6))[:, np.newaxis]
        together = np.flatnonzero(~alone)
        together = together[np.argsort(group[together], kind="stable")]
        starts = np.flatnonzero(np.diff(group[together]) != 0) + 1
        for one in np.split(together, starts) if len(together) else ():
            left_out[one] = self._together(one, shares, errors[one])
        return self._logits(left_out)

    def _together(self, one: np.ndarray, shares: np.ndarray, errors: np.ndarray) -> np.ndarray:
        """Return the errors of a group by the layer that is trained without it."""
        if len(one) <= len(shares) + 1:
            factors = self._factors(one, shares)
            return _solve(factors @ factors.T, errors)
        # The same by Woodbury's identity, in as many dimensions as a vector has.
        products = np.zeros((len(shares) + 1,) * 2, np.float32)
        right = np.zeros((len(products), errors.shape[1]), np.float32)
        for some in _parts(np.arange(len(one))):
            factors = self._factors(one[some], shares)
            products, right = products + factors.T @ factors, right + factors.T @ errors[some]
        solved, found = _solve(products, right), np.empty_like(errors)
        for some in _parts(np.arange(len(one))):
            found[some] = errors[some] + self._factors(one[some], shares) @ solved
        return found

    def _factors(self, some: np.ndarray, shares: np.ndarray) -> np.ndarray:
        """Return the rows of the square root of H, of some of these examples."""
        found = np.empty((len(some), len(shares) + 1), np.float32)
        np.multiply(self._projected(some), np.sqrt(shares), out=found[:, :-1])
        found[:, -1] = self._root[some] / np.float32(np.sqrt(self._ridge.count))
        return found

    def _projected(self, some: np.ndarray) -> np.ndarray:
        """Return rows of P, of some of these examples."""
        found: np.ndarray
        if self._kept is not None:
            found = self._kept[some]
        elif self._ridge._wide:
            found = self._ridge._projected[self._chosen[some]]
        else:
            found = self._ridge._rows(self._chosen[some]) @ self._ridge._vectors
        return found

    def _errors(self, strength: float) -> np.ndarray:
        """Return rows of Y - HY."""
        answers = self._ridge._moments * self._ridge._shares(strength)[:, np.newaxis]
        if self._kept is not None:
            kept: np.ndarray = self._aims - self._kept @ answers
            return kept
        kernel, errors = self._ridge._vectors @ answers, self._aims.copy()
        for some in _parts(np.arange(len(errors))):
            errors[some] -= self._ridge._rows(self._chosen[some]) @ kernel
        return errors

    def _logits(self, errors: np.ndarray) -> np.ndarray:
        """Return the logits that have these errors, `(m, labels) float32`."""
        logits: np.ndarray = -errors / self._root[:, np.newaxis]
        logits[np.arange(len(logits)), self._targets] += 1
        logits *= np.float32(_LOGITS)
        return logits


def _parts(chosen: np.ndarray) -> Iterator[np.ndarray]:
    """Yield examples in parts whose rows take no more than some ten megabytes."""
    for begin in range(0, len(chosen), _AT_ONCE):
        yield chosen[begin : begin + _AT_ONCE]


def _eigenvectors(square: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the eigenvalues of a matrix of products, none below 0 by rounding, and its eigenvectors."""
    values, vectors = np.linalg.eigh(square)
    return np.maximum(values, 0), vectors


def _solve(products: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve (1 - products) x = right, `products` symmetric and below 1, in double precision."""
    from scipy.linalg import cho_factor, cho_solve

    matrix = -products.astype(float)
    matrix.flat[:: len(matrix) + 1] += 1 + 1e-7  # what single precision may have lost
    solved = cho_solve(cho_factor(matrix, lower=True, check_finite=False), right.astype(float))
    narrow: np.ndarray = solved.astype(np.float32)
    return narrow

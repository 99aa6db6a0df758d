"""The workloads of benchmarks/arrays in terms of NumPy, JAX, PyTorch, MLX and scikit-learn."""

import contextlib

import numpy as np

F = np.float32
SCALES = ((1000, "1e3"), (1_000_000, "1e6"), (10_000_000, "1e7"))


class Peer:
    """What the workloads need beside functions with NumPy's names."""

    def __init__(self, name, threads):
        self.name, self.random = name, np.random.default_rng(1)
        self.sync, self.context = None, contextlib.nullcontext
        self.float64 = lambda a: a.astype("float64")
        if name == "numpy":
            self.lib, self.array = np, np.asarray
        elif name == "jax":
            import jax
            import jax.numpy

            jax.config.update("jax_enable_x64", True)
            self.lib, self.array, self.sync = jax.numpy, jax.numpy.asarray, jax.block_until_ready
        elif name == "torch":
            import torch

            torch.set_num_threads(threads)
            self.lib, self.array, self.context = torch, torch.as_tensor, torch.no_grad
            self.float64 = lambda a: a.double()
        elif name == "mlx":
            import mlx.core as mx

            mx.set_default_device(mx.cpu)
            self.lib, self.array, self.sync = mx, mx.array, mx.eval
            self.float64 = lambda a: a.astype(mx.float64)

    def normal(self, *shape):
        return self.array(self.random.standard_normal(shape, dtype=F))

    def wide(self, *shape):
        values = self.random.standard_normal(shape)
        return self.array(values, dtype=self.lib.float64) if self.name == "mlx" else self.array(values)


def elementwise(peer, time):
    lib, normal = peer.lib, peer.normal
    for n, size in SCALES:
        if not time.wants(f"_{size}"):
            continue
        a, b, c = normal(n), normal(n), normal(n)
        one, half, k, q, zero = (peer.array(F(v)) for v in (1, 0.5, 0.79788456, 0.044715, 0))
        time(f"add_{size}", lambda: a + b)
        if peer.name in ("numpy", "torch"):
            out = a + b
            time(f"add_out_{size}", lambda: lib.add(a, b, out=out))
        time(f"mul_add_{size}", lambda: a * b + c)
        time(f"exp_{size}", lambda: lib.exp(a))
        time(f"tanh_{size}", lambda: lib.tanh(a))
        if peer.name in ("torch", "mlx"):
            time(f"sigmoid_builtin_{size}", lambda: lib.sigmoid(a))
        time(f"sigmoid_chain_{size}", lambda: one / (one + lib.exp(-a)))
        time(f"gelu_chain_{size}", lambda: half * a * (one + lib.tanh(k * (a + q * a * a * a))))
        if peer.name == "torch":
            time(f"gelu_builtin_{size}", lambda: lib.nn.functional.gelu(a, approximate="tanh"))
        time(f"where_relu_{size}", lambda: lib.where(a > zero, a, zero))
    m, v = normal(1000, 1000), normal(1000)
    time("bcast_add_1000x1000", lambda: m + v)
    x, y = normal(2000, 2000), normal(2000, 2000)
    time("transposed_add_2000", lambda: x + y.T)


def reductions(peer, time):
    lib, normal = peer.lib, peer.normal
    if time.wants("sum_1e7", "cumsum_1e7", "bool_mask_1e7"):
        line = normal(10_000_000)
        time("sum_1e7", lambda: line.sum())
        time("cumsum_1e7", lambda: lib.cumsum(line, 0))
        if peer.name != "mlx":
            time("bool_mask_1e7", lambda: line[line > 0])
    if time.wants("axis0_4000", "axis1_4000"):
        m = normal(4000, 4000)
        time("sum_axis0_4000", lambda: m.sum(0))
        time("sum_axis1_4000", lambda: m.sum(1))
        time("max_axis1_4000", (lambda: m.amax(1)) if peer.name == "torch" else lambda: m.max(1))
        time("argmax_axis1_4000", lambda: lib.argmax(m, 1))
        time("var_axis0_4000", lambda: m.var(0))
        time("var_axis1_4000", lambda: m.var(1))
    if time.wants("softmax_4000x1000", "logsumexp_4000x1000"):
        logits = normal(4000, 1000)

        def numpy_softmax():
            e = np.exp(logits - logits.max(1)[:, None])
            return e / e.sum(1)[:, None]

        def numpy_logsumexp():
            top = logits.max(1)
            return np.log(np.exp(logits - top[:, None]).sum(1)) + top

        softmax, logsumexp = numpy_softmax, numpy_logsumexp
        if peer.name == "jax":
            import jax

            softmax, logsumexp = lambda: jax.nn.softmax(logits, 1), lambda: jax.nn.logsumexp(logits, 1)
        elif peer.name != "numpy":
            softmax, logsumexp = lambda: lib.softmax(logits, 1), lambda: lib.logsumexp(logits, 1)
        time("softmax_4000x1000", softmax)
        time("logsumexp_4000x1000", logsumexp)


def rearranging(peer, time):
    lib, normal = peer.lib, peer.normal
    m = normal(4000, 4000) if time.wants("slice_copy") else None
    copies = {"numpy": lambda: m[::2, 1000:3000].copy(), "torch": lambda: m[::2, 1000:3000].contiguous(),
              "mlx": lambda: lib.contiguous(m[::2, 1000:3000]), "jax": lambda: m[::2, 1000:3000]}
    time("slice_copy_2000x2000", copies[peer.name])
    if time.wants("take_rows"):
        table, rows = normal(1_000_000, 64), peer.array(peer.random.integers(0, 1_000_000, 100_000))
        time("take_rows_100k_of_1Mx64", lambda: table[rows])
    line = normal(1_000_000)
    time("sort_1e6", lambda: lib.sort(line))
    time("argsort_1e6", lambda: lib.argsort(line))
    if peer.name == "numpy":
        time("randn_1e7", lambda: peer.random.standard_normal(10_000_000, dtype=F))
        time("rand_1e7", lambda: peer.random.random(10_000_000, dtype=F))
    elif peer.name == "torch":
        time("randn_1e7", lambda: lib.randn(10_000_000))
        time("rand_1e7", lambda: lib.rand(10_000_000))
    elif peer.name == "mlx":
        time("randn_1e7", lambda: lib.random.normal((10_000_000,)))
        time("rand_1e7", lambda: lib.random.uniform(shape=(10_000_000,)))
    else:
        import jax

        key = jax.random.key(1)
        time("randn_1e7", lambda: jax.random.normal(key, (10_000_000,), dtype=F))
        time("rand_1e7", lambda: jax.random.uniform(key, (10_000_000,), dtype=F))


def products(peer, time):
    normal = peer.normal
    for n in (64, 256, 1024, 2048):
        if not time.wants(f"gemm_f32_{n}", f"gemm_f64_{n}") or (peer.name == "mlx" and n > 256):
            continue  # MLX's wheel has no fast BLAS: seconds for each.
        a, b = normal(n, n), normal(n, n)
        time(f"gemm_f32_{n}", lambda: a @ b)
        c, d = peer.wide(n, n), peer.wide(n, n)
        time(f"gemm_f64_{n}", lambda: c @ d)
    if time.wants("bmm_f32_64x128"):
        a, b = normal(64, 128, 128), normal(64, 128, 128)
        time("bmm_f32_64x128", lambda: a @ b)
    if time.wants("matvec"):
        a, x = normal(4096, 4096), normal(4096)
        time("matvec_f32_4096", lambda: a @ x)
        b, y = peer.wide(4096, 4096), peer.wide(4096)
        time("matvec_f64_4096", lambda: b @ y)


def algebra(peer, time):
    if peer.name == "mlx" or not time.wants("_f64_1000", "_f64_300", "_f64_500", "fft"):
        return
    lib, linalg = peer.lib, peer.lib.linalg

    def positive(n):
        a = peer.wide(n, n)
        return a @ a.T + n * peer.array(np.eye(n))

    a, b, p = peer.wide(1000, 1000), peer.wide(1000), positive(1000)
    time("solve_f64_1000", lambda: linalg.solve(a, b))
    time("cholesky_f64_1000", lambda: linalg.cholesky(p))
    s, q, e = peer.wide(300, 300), peer.wide(500, 500), positive(500)
    time("svd_f64_300", lambda: linalg.svd(s))
    time("eigh_f64_500", lambda: linalg.eigh(e))
    time("qr_f64_500", lambda: linalg.qr(q))
    time("inv_f64_500", lambda: linalg.inv(q))
    values = (peer.random.standard_normal(1 << 20) + 1j * peer.random.standard_normal(1 << 20)).astype("complex64")
    line, plane = peer.array(values), peer.array(values.reshape(1024, 1024))
    if peer.name == "numpy":
        import scipy.fft

        time("fft_c64_1M", lambda: scipy.fft.fft(line, workers=time.threads))
        time("fft2_c64_1024", lambda: scipy.fft.fft2(plane, workers=time.threads))
    else:
        time("fft_c64_1M", lambda: lib.fft.fft(line))
        time("fft2_c64_1024", lambda: lib.fft.fft2(plane))


def small(peer, time):
    a, b = peer.normal(10), peer.normal(10)

    def adds(a, b):
        for _ in range(1000):
            a = a + b
        return a

    time("smallop_1000adds", lambda: adds(a, b))
    gradient = None
    if peer.name == "jax":
        import jax

        gradient = jax.grad(lambda a, b: adds(a, b).sum(), (0, 1))
    elif peer.name == "mlx":
        gradient = peer.lib.grad(lambda a, b: adds(a, b).sum(), (0, 1))
    if gradient:
        time("autograd_1000adds", lambda: gradient(a, b))


def numpy_training(peer, time, digits):
    x, y, _, _ = digits
    x, y = np.concatenate([digits[0], digits[2]]), np.concatenate([digits[1], digits[3]])
    target = np.eye(10, dtype=F)[y]

    def regression():
        w, b = np.zeros((64, 10), F), np.zeros(10, F)
        for _ in range(1000):
            z = x @ w + b
            e = np.exp(z - z.max(1, keepdims=True))
            slope = (e / e.sum(1, keepdims=True) - target) / F(len(x))
            w -= F(0.5) * (x.T @ slope)
            b -= F(0.5) * slope.sum(0)
        return w

    def means():
        centers = x[:10].copy()
        for _ in range(100):
            members = np.eye(10, dtype=F)[((centers * centers).sum(1) - 2 * (x @ centers.T)).argmin(1)]
            centers = (members.T @ x) / np.maximum(members.sum(0), 1)[:, None]
        return centers

    time("logreg_1000it", regression)
    time("kmeans_lloyd_100it", means)
    layers = [(peer.normal(i, o), peer.normal(o)) for i, o in ((64, 128), (128, 64), (64, 10))]
    one = peer.normal(1, 64)

    def infer():
        h = one
        for number, (w, b) in enumerate(layers):
            h = h @ w + b
            if number < 2:
                h = np.maximum(h, 0)
        return h

    time("mlp_infer_b1", infer)


def sklearn_learners(time, digits, threads):
    """Classic learners, in scikit-learn's faster type.

    Its k-means stops when no point changes its cluster, after 14 of 100 iterations here, so it is compared with our learner, which
    does so, too, and not with the loops of `kmeans_lloyd_100it`, which all make a hundred.
    """
    import warnings

    from sklearn import cluster, decomposition, ensemble, linear_model, tree

    warnings.simplefilter("ignore")
    x, y = np.concatenate([digits[0], digits[2]]), np.concatenate([digits[1], digits[3]])
    for name, run in {
        "logreg_fit_digits": lambda: linear_model.LogisticRegression(max_iter=1000).fit(x, y),
        "kmeans_lloyd_digits": lambda: cluster.KMeans(10, init=x[:10], n_init=1, max_iter=100, tol=0).fit(x),
        "kmeans_full_digits": lambda: cluster.KMeans(10, n_init=10, random_state=0).fit(x),
        "pca_fit_digits": lambda: decomposition.PCA(16).fit(x),
        "tree_fit_digits": lambda: tree.DecisionTreeClassifier(random_state=0).fit(x, y),
        "forest_fit_digits": lambda: ensemble.RandomForestClassifier(20, random_state=0, n_jobs=threads).fit(x, y),
    }.items():
        time(name, run)


FAMILIES = (products, elementwise, reductions, rearranging, algebra, small)

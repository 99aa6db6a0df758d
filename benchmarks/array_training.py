"""The workloads of benchmarks/arrays that train: for PyTorch and JAX, the fastest peers there."""

import math

import numpy as np


def torch_training(peer, time, digits):
    import torch
    from torch import nn
    from torch.nn import functional

    torch.manual_seed(0)
    x, y, held_x, held_y = (torch.as_tensor(part) for part in digits)

    class CNN(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(1, 16, 3, padding=1), nn.Conv2d(16, 32, 3, padding=1)
            self.output = nn.Linear(128, 10)

        def forward(self, x):
            x = functional.max_pool2d(functional.relu(self.a(x.reshape(-1, 1, 8, 8))), 2)
            return self.output(functional.max_pool2d(functional.relu(self.b(x)), 2).flatten(1))

    def mlp():
        return nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))

    def classify(name, make):
        if not time.wants(name):
            return
        model = make()
        optimizer = torch.optim.Adam(model.parameters(), 1e-3)

        def epoch():
            order = torch.randperm(len(x))
            for start in range(0, len(x) - 63, 64):
                rows = order[start : start + 64]
                optimizer.zero_grad()
                functional.cross_entropy(model(x[rows]), y[rows]).backward()
                optimizer.step()

        for _ in range(20):
            epoch()
        with torch.no_grad():
            accuracy = float((model(held_x).argmax(1) == held_y).float().mean())
        time(name, epoch, accuracy=accuracy)

    classify("mlp_digits_epoch", mlp)
    classify("cnn_digits_epoch", CNN)
    a, b = (peer.normal(10).requires_grad_() for _ in range(2))

    def adds():
        z = a
        for _ in range(1000):
            z = z + b
        return torch.autograd.grad(z.sum(), (a, b))

    time("autograd_1000adds", adds)
    image, weight, go = peer.normal(32, 3, 32, 32), peer.normal(16, 3, 3, 3), peer.normal(32, 16, 32, 32)
    with torch.no_grad():
        time("conv2d_fwd", lambda: functional.conv2d(image, weight, padding=1))
        plane = peer.normal(32, 16, 32, 32)
        time("maxpool_fwd", lambda: functional.max_pool2d(plane, 2))
        network, one = mlp(), peer.normal(1, 64)
        time("mlp_infer_b1", lambda: network(one))
    xi, wi = image.clone().requires_grad_(), weight.clone().requires_grad_()
    time("conv2d_bwd", lambda: torch.autograd.grad(functional.conv2d(xi, wi, padding=1), (xi, wi), go))
    pi, po = plane.clone().requires_grad_(), peer.normal(32, 16, 16, 16)
    time("maxpool_bwd", lambda: torch.autograd.grad(functional.max_pool2d(pi, 2), pi, po))
    if not time.wants("transformer_step"):
        return

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.n1, self.n2, self.qkv, self.out = nn.LayerNorm(64), nn.LayerNorm(64), nn.Linear(64, 192), nn.Linear(64, 64)
            self.f1, self.f2 = nn.Linear(64, 256), nn.Linear(256, 64)

        def forward(self, x):
            q, k, v = (part.reshape(16, 64, 4, 16).transpose(1, 2) for part in self.qkv(self.n1(x)).split(64, -1))
            seen = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(seen.transpose(1, 2).reshape(16, 64, 64))
            return x + self.f2(functional.relu(self.f1(self.n2(x))))

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding, self.position = nn.Embedding(65, 64), nn.Parameter(torch.randn(64, 64) * 0.02)
            self.blocks, self.norm, self.head = nn.Sequential(Block(), Block()), nn.LayerNorm(64), nn.Linear(64, 65)

        def forward(self, text):
            return self.head(self.norm(self.blocks(self.embedding(text) + self.position)))

    model = Model()
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    text, following = torch.randint(0, 65, (16, 64)), torch.randint(0, 65, (16, 64))

    def step():
        optimizer.zero_grad()
        functional.cross_entropy(model(text).flatten(0, 1), following.flatten()).backward()
        optimizer.step()

    time("transformer_step", step)


def jax_training(peer, time, digits):
    import jax
    import jax.numpy as jnp

    x, y, held_x, held_y = (jnp.asarray(part) for part in digits)
    rng = np.random.default_rng(2)

    def weights(*sizes):
        return [(jnp.asarray((rng.standard_normal((i, o)) / math.sqrt(i)).astype(np.float32)), jnp.zeros(o, jnp.float32))
                for i, o in zip(sizes, sizes[1:])]

    def apply(layers, x):
        for number, (w, b) in enumerate(layers):
            x = x @ w + b
            if number < len(layers) - 1:
                x = jax.nn.relu(x)
        return x

    def adam(loss):
        @jax.jit
        def step(state, x, y):
            model, first, second, count = state
            slopes = jax.grad(loss)(model, x, y)
            count = count + 1
            first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slopes)
            second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, slopes)
            model = jax.tree.map(
                lambda w, m, v: w - 1e-3 * (m / (1 - 0.9**count)) / (jnp.sqrt(v / (1 - 0.999**count)) + 1e-8),
                model, first, second)
            return model, first, second, count

        return step

    def beginning(model):
        zeros = jax.tree.map(jnp.zeros_like, model)
        return model, zeros, zeros, jnp.float32(0)

    def cross_entropy_of(logits, y):
        return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[..., None], -1).mean()

    def classify(name, model, apply):
        if not time.wants(name):
            return
        step, state = adam(lambda model, x, y: cross_entropy_of(apply(model, x), y)), [beginning(model)]

        def epoch():
            order = rng.permutation(len(x))
            for start in range(0, len(x) - 63, 64):
                rows = order[start : start + 64]
                state[0] = step(state[0], x[rows], y[rows])
            jax.block_until_ready(state[0])

        for _ in range(20):
            epoch()
        accuracy = float((apply(state[0][0], held_x).argmax(1) == held_y).mean())
        time(name, epoch, accuracy=accuracy)

    def convolve(x, weight, bias):
        y = jax.lax.conv_general_dilated(x, weight, (1, 1), "SAME", dimension_numbers=("NCHW", "OIHW", "NCHW"))
        y = jax.nn.relu(y + bias[:, None, None])
        return jax.lax.reduce_window(y, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")

    def cnn(model, x):
        x = x.reshape(-1, 1, 8, 8)
        for weight, bias in model[:-1]:
            x = convolve(x, weight, bias)
        weight, bias = model[-1]
        return x.reshape(len(x), -1) @ weight + bias

    def kernels(outputs, inputs):
        weight = rng.standard_normal((outputs, inputs, 3, 3)) / math.sqrt(9 * inputs)
        return jnp.asarray(weight.astype(np.float32)), jnp.zeros(outputs, jnp.float32)

    classify("mlp_digits_epoch", weights(64, 128, 64, 10), apply)
    classify("cnn_digits_epoch", [kernels(16, 1), kernels(32, 16), *weights(128, 10)], cnn)
    if time.wants("transformer_step"):
        past = jnp.tril(jnp.ones((64, 64), bool))

        def normal(x, weight, bias):
            x = x - x.mean(-1, keepdims=True)
            return x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-5) * weight + bias

        def block(x, part):
            h = normal(x, *part["n1"]) @ part["qkv"][0] + part["qkv"][1]
            q, k, v = (a.reshape(16, 64, 4, 16).transpose(0, 2, 1, 3) for a in jnp.split(h, 3, -1))
            scores = jnp.where(past, q @ k.transpose(0, 1, 3, 2) * 0.25, -1e9)
            seen = (jax.nn.softmax(scores) @ v).transpose(0, 2, 1, 3).reshape(16, 64, 64)
            x = x + seen @ part["out"][0] + part["out"][1]
            h = jax.nn.relu(normal(x, *part["n2"]) @ part["f1"][0] + part["f1"][1])
            return x + h @ part["f2"][0] + part["f2"][1]

        def language(model, text):
            x = model["embedding"][text] + model["position"]
            for part in model["blocks"]:
                x = block(x, part)
            return normal(x, *model["norm"]) @ model["head"][0] + model["head"][1]

        unit = lambda: (jnp.ones(64, jnp.float32), jnp.zeros(64, jnp.float32))  # noqa: E731
        linear = lambda *sizes: weights(*sizes)[0]  # noqa: E731
        table = lambda *shape: jnp.asarray(rng.standard_normal(shape).astype(np.float32))  # noqa: E731
        parts = [{"n1": unit(), "n2": unit(), "qkv": linear(64, 192), "out": linear(64, 64), "f1": linear(64, 256),
                  "f2": linear(256, 64)} for _ in range(2)]
        model = {"embedding": table(65, 64), "position": table(64, 64) * 0.02, "blocks": parts, "norm": unit(),
                 "head": linear(64, 65)}
        text, following = (jnp.asarray(rng.integers(0, 65, (16, 64))) for _ in range(2))
        step = adam(lambda model, x, y: cross_entropy_of(language(model, x), y))
        state = [beginning(model)]

        def one_step():
            state[0] = step(state[0], text, following)
            return jax.block_until_ready(state[0])

        time("transformer_step", one_step)
    everything, labels = jnp.concatenate([x, held_x]), jnp.concatenate([y, held_y])

    def cross_entropy(w, b):
        return -jnp.take_along_axis(jax.nn.log_softmax(everything @ w + b), labels[:, None], 1).mean()

    update = jax.jit(lambda w, b: tuple(p - 0.5 * g for p, g in zip((w, b), jax.grad(cross_entropy, (0, 1))(w, b))))

    def regression():
        w, b = jnp.zeros((64, 10), jnp.float32), jnp.zeros(10, jnp.float32)
        for _ in range(1000):
            w, b = update(w, b)
        return jax.block_until_ready(w)

    time("logreg_1000it", regression)

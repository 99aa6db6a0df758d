"""Writes what PyTorch computes for the tests of NeuralNetworks: layers, losses and training runs, step by step.

    python .ci/reference/networks.py Tests/NeuralNetworksTests/Fixtures/pytorch.safetensors

Needs torch (2.13 was used) and safetensors. Names are CASE/KIND or CASE/KIND/DETAIL.
"""
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

torch.manual_seed(7)
out = {}


def keep(name, tensor):
    out[name] = tensor.detach().clone().contiguous()


def layer(case, module, *inputs, call=None):
    """Output, gradients of inputs and parameters for a random gradient of the output."""
    inputs = [x.clone().requires_grad_() for x in inputs]
    for name, value in module.named_parameters():
        keep(f"{case}/parameter/{name}", value)
    y = call(module, *inputs) if call else module(*inputs)
    g = torch.randn_like(y)
    y.backward(g)
    keep(f"{case}/output", y)
    keep(f"{case}/gradient", g)
    for k, x in enumerate(inputs):
        keep(f"{case}/input/{k}", x)
        keep(f"{case}/inputgradient/{k}", x.grad)
    for name, value in module.named_parameters():
        keep(f"{case}/parametergradient/{name}", value.grad)


layer("linear", nn.Linear(5, 3), torch.randn(4, 5))
layer("layernorm", nn.LayerNorm(6), torch.randn(2, 3, 6) * 2 + 1)
layer("rmsnorm", nn.RMSNorm(6, eps=1e-5), torch.randn(4, 6))
layer("groupnorm", nn.GroupNorm(2, 4), torch.randn(3, 4, 2, 2))
batch = nn.BatchNorm2d(3)
layer("batchnorm", batch, torch.randn(4, 3, 2, 2) * 2 - 1)
keep("batchnorm/mean", batch.running_mean)
keep("batchnorm/variance", batch.running_var)
layer("lstm", nn.LSTM(3, 4, batch_first=True), torch.randn(2, 5, 3), call=lambda m, x: m(x)[0])
layer("gru", nn.GRU(3, 4, batch_first=True), torch.randn(2, 5, 3), call=lambda m, x: m(x)[0])
mask = torch.ones(5, 5, dtype=torch.bool).triu(1)
layer("attention", nn.MultiheadAttention(8, 2, batch_first=True), torch.randn(2, 5, 8), torch.randn(2, 5, 8),
      call=lambda m, q, k: m(q, k, k, attn_mask=mask, need_weights=False)[0])
for first in (True, False):
    layer(f"encoder{int(first)}", nn.TransformerEncoderLayer(8, 2, 16, dropout=0, batch_first=True, norm_first=first),
          torch.randn(2, 5, 8))
layer("decoder", nn.TransformerDecoderLayer(8, 2, 16, dropout=0, batch_first=True), torch.randn(2, 4, 8),
      torch.randn(2, 5, 8), call=lambda m, x, memory: m(x, memory, tgt_mask=mask[:4, :4]))

# Losses, with the gradient of the first input.
logits, labels = torch.randn(6, 4), torch.tensor([0, 3, 1, -100, 2, 3])
a, b = torch.randn(6, 4), torch.randn(6, 4)
signs = torch.tensor([1.0, -1, 1, -1, 1, -1])
third = torch.randn(6, 4)
keep("loss/logits", logits)
keep("loss/labels", labels.int())
keep("loss/a", a)
keep("loss/b", b)
keep("loss/third", third)
keep("loss/signs", signs)
losses = {
    "crossentropy": (logits, lambda x: F.cross_entropy(x, labels)),
    "smoothed": (logits, lambda x: F.cross_entropy(x, labels, label_smoothing=0.1)),
    "summed": (logits, lambda x: F.cross_entropy(x, labels, reduction="sum")),
    "probabilities": (logits, lambda x: F.cross_entropy(x, b.softmax(-1))),
    "mse": (a, lambda x: F.mse_loss(x, b)),
    "l1": (a, lambda x: F.l1_loss(x, b)),
    "huber": (a, lambda x: F.huber_loss(x, b, delta=0.7)),
    "bce": (a, lambda x: F.binary_cross_entropy_with_logits(x, b.sigmoid(), pos_weight=torch.tensor(2.0))),
    "kl": (a, lambda x: F.kl_div(x.log_softmax(-1), b.softmax(-1), reduction="batchmean")),
    "cosine": (a, lambda x: F.cosine_embedding_loss(x, b, signs, margin=0.1)),
    "triplet": (a, lambda x: F.triplet_margin_loss(x, b, third, margin=1.5)),
}
for name, (x, f) in losses.items():
    x = x.clone().requires_grad_()
    y = f(x)
    y.backward()
    keep(f"loss/{name}/value", y)
    keep(f"loss/{name}/gradient", x.grad)

# Training runs of a small network: the loss of each of ten steps, and the parameters at the end.
x, y = torch.randn(32, 6), torch.randint(0, 3, (32,))
keep("training/x", x)
keep("training/y", y.int())
start = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3)).state_dict()
for name, value in start.items():
    keep(f"training/start/{name}", value)
optimizers = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.1, weight_decay=0.01),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.01),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01, momentum=0.5),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.05, lr_decay=0.1),
}
for case, make in optimizers.items():
    model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3))
    model.load_state_dict(start)
    optimizer = make(model.parameters())
    values = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        values.append(loss.item())
    keep(f"training/{case}/losses", torch.tensor(values))
    for name, value in model.state_dict().items():
        keep(f"training/{case}/end/{name}", value)

# Convolution and pooling.
layer("conv2d", nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2), torch.randn(3, 4, 7, 6))
layer("conv2dplain", nn.Conv2d(2, 3, 3, padding=1), torch.randn(5, 2, 4, 4))
layer("conv1d", nn.Conv1d(4, 6, 3, stride=2, padding=1, dilation=2, groups=2, bias=False), torch.randn(2, 4, 9))
layer("convtranspose2d",
      nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, dilation=2, groups=2), torch.randn(3, 4, 3, 4))
layer("maxpool2d", nn.MaxPool2d((3, 2), stride=2, padding=1), torch.randn(2, 3, 6, 5))
layer("maxpool1d", nn.MaxPool1d(3, stride=2, dilation=2), torch.randn(2, 3, 9))
layer("avgpool2d", nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False), torch.randn(2, 3, 6, 5))
layer("avgpool1d", nn.AvgPool1d(3, padding=1), torch.randn(2, 3, 9))
layer("adaptiveavgpool2d", nn.AdaptiveAvgPool2d((2, 3)), torch.randn(2, 3, 5, 7))
layer("adaptivemaxpool2d", nn.AdaptiveMaxPool2d((2, 3)), torch.randn(2, 3, 5, 7))

# Connectionist temporal classification: a usual target, an empty one, one with repeats, and one that is too long.
x = torch.randn(6, 4, 5)
targets = torch.tensor([[1, 2, 4, 0, 0], [0, 0, 0, 0, 0], [3, 3, 2, 0, 0], [1, 1, 1, 1, 2]])
lengths, sizes = torch.tensor([6, 4, 5, 6]), torch.tensor([3, 0, 3, 5])
keep("ctc/x", x)
keep("ctc/targets", targets.int())
for reduction in ("none", "sum", "mean"):
    for zero in (True, False):
        if not zero and reduction != "none":
            continue
        x = x.detach().requires_grad_()
        y = F.ctc_loss(x.log_softmax(-1), targets, lengths, sizes, reduction=reduction, zero_infinity=zero)
        keep(f"ctc/{reduction}{int(zero)}/value", y)
        if zero:
            x.grad = None
            y.sum().backward()
            keep(f"ctc/{reduction}{int(zero)}/gradient", x.grad)

# L-BFGS: the losses at the beginning of each call.
x, y = out["training/x"], out["training/y"].long()
for case, options in {"lbfgs": dict(lr=0.2, max_iter=5), "lbfgswolfe": dict(max_iter=5, line_search_fn="strong_wolfe")}.items():
    model = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 3))
    model.load_state_dict(start)
    optimizer = torch.optim.LBFGS(model.parameters(), history_size=6, **options)

    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        return loss

    keep(f"training/{case}/losses", torch.tensor([optimizer.step(closure).item() for _ in range(8)]))

save_file(out, sys.argv[1])
print(len(out), "tensors")

"""Values and gradients of the losses in float64: run with `python3 tools/goldens/losses.py`."""
import torch, torch.nn.functional as F
from golden import numbers, write

r = lambda *shape: torch.randn(*shape, dtype=torch.float64).float().double()
classes = torch.tensor([3, 0, 9, 9, 1, 5])
onehot = F.one_hot(classes, 10).double()
soft = torch.softmax(r(6, 10), 1).float().double()
logits = r(6, 10) * 3
extreme = torch.zeros(6, 10, dtype=torch.float64); extreme[0, 3] = 80; extreme[1, 0] = -80; extreme[2] = 80; extreme[3] = -80; extreme[4, 1] = 80; extreme[4, 2] = 80
weights = torch.tensor([1., 0., 2., .5, 1., 3.], dtype=torch.float64)
reductions = dict(mean=lambda l, w: (l * w).sum() / w.sum(), sum=lambda l, w: (l * w).sum(), none=lambda l, w: l * w)
cases = []

def add(loss, per_example, labels, predictions, options={}, weighted=False, sparse=False):
    for name, reduce in reductions.items():
        p = predictions.clone().requires_grad_()
        w = weights[:len(predictions)] if weighted else torch.ones(len(predictions), dtype=torch.float64)
        l = per_example(labels, p)
        value = reduce(l, w if l.dim() == 1 else w[:, None].expand_as(l))
        seed = torch.arange(1, value.numel() + 1, dtype=torch.float64).reshape(value.shape)
        (value * seed).sum().backward()
        cases.append(dict(loss=loss, options=dict(options, reduction=name), weights=numbers(w) if weighted else None, sparse=sparse,
                          labels=numbers(labels), predictions=numbers(predictions), shape=list(predictions.shape), labelsShape=list(labels.shape),
                          value=numbers(value), seed=numbers(seed), gradient=numbers(p.grad)))

xent = lambda smoothing: lambda t, z: F.cross_entropy(z, t, label_smoothing=smoothing, reduction='none')
for weighted in (False, True):
    for smoothing in (0., .2):
        options = dict(labelSmoothing=smoothing) if smoothing else {}
        for z in (logits, extreme, torch.zeros(6, 10, dtype=torch.float64)):
            add('softmaxCrossEntropy', xent(smoothing), onehot, z, options, weighted)
            add('sparseSoftmaxCrossEntropy', xent(smoothing), classes, z, options, weighted, True)
        add('softmaxCrossEntropy', xent(smoothing), soft, logits, options, weighted)
        add('softmaxCrossEntropy', xent(smoothing), onehot[:1], logits[:1], options, weighted)
        add('sparseSoftmaxCrossEntropy', xent(smoothing), torch.zeros(3, dtype=torch.long), r(3, 1), options, weighted, True)
    probabilities = torch.softmax(logits, 1).float().double(); hard = onehot.roll(1, 0)
    log = lambda p: torch.log(torch.where(p > 1e-7, p, torch.tensor(1e-7, dtype=torch.float64)))
    add('crossEntropy', lambda t, p: -(t * log(p)).sum(1), soft, probabilities, {}, weighted)
    add('crossEntropy', lambda t, p: -(t * log(p)).sum(1), onehot, hard, {}, weighted)
    add('sparseCrossEntropy', lambda c, p: -log(p).gather(1, c[:, None])[:, 0], classes, probabilities, {}, weighted, True)
    add('meanSquaredError', lambda t, p: (p - t) ** 2, r(6, 10), logits, {}, weighted)
    add('meanSquaredError', lambda t, p: (p - t) ** 2, r(1), r(1) * 80, {}, False)
for case in cases:
    if case['loss'] == 'meanSquaredError' and case['weights']: case['weightsShape'] = [len(case['weights']), 1]
write('losses', 'losses', cases)

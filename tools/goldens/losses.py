"""Values and gradients of the losses in float64, one file a loss: python3 tools/goldens/losses.py [NAME …]"""
import sys, torch, torch.nn.functional as F
from golden import golden, numbers, randn, rounded

REDUCTIONS = dict(mean=lambda l, w: (l * w).sum() / w.sum(), sum=lambda l, w: (l * w).sum(), none=lambda l, w: l * w)
WEIGHTS = torch.tensor([1., 0., 2., .5, 1., 3.], dtype=torch.float64)


def add(cases, formula, labels, predictions, options={}, smooth=False):
    """Each reduction, without and with a weight for each example; formula(labels, predictions) gives the losses of the examples.

    smooth: finite differences can check the gradient here, for labels as well when they are not indices."""
    for weighted in (False, True):
        if weighted and len(predictions) != len(WEIGHTS):
            continue
        for reduction, reduce in REDUCTIONS.items():
            indices = labels.dtype == torch.int64
            p = predictions.clone().requires_grad_()
            y = labels if indices else labels.clone().requires_grad_()
            l = formula(y, p)
            w = WEIGHTS if weighted else torch.ones(len(predictions), dtype=torch.float64)
            value = reduce(l, w.reshape([-1] + [1] * (l.dim() - 1)).expand_as(l))
            seed = torch.arange(1, value.numel() + 1, dtype=torch.float64).reshape(value.shape)
            (value * seed).sum().backward()
            cases.append(dict(options=dict(options, reduction=reduction), weights=numbers(w) if weighted else None, sparse=indices, smooth=smooth,
                              labels=numbers(labels), labelsShape=list(labels.shape), predictions=numbers(predictions), shape=list(predictions.shape),
                              value=numbers(value), seed=numbers(seed), gradient=numbers(p.grad), labelGradient=None if indices else numbers(y.grad)))


def loss(name, make):
    if not sys.argv[1:] or name in sys.argv[1:]:
        with golden('losses', name) as cases:
            make(lambda *arguments, **options: add(cases, *arguments, **options))


def regression(formula, variants=({},), positive=False):
    """Numbers of usual size, one example, no element, ±80; formula(labels, predictions, **options)."""
    def make(add):
        for options in variants:
            f = lambda y, p: formula(y, p, **options)
            number = lambda *shape: rounded(randn(*shape).abs() + .5) if positive else randn(*shape)
            add(f, number(6, 5), number(6, 5), options, smooth=True)
            add(f, number(1), number(1), options)
            extremes = torch.tensor([[80., .5], [.5, 80.], [80., 80.], [1e-30, .5], [.5, 1e-30], [0., 0.]], dtype=torch.float64)
            add(f, extremes if positive else extremes * torch.tensor([1., -1.]), extremes.flip(1), options)
    return make


def binary(formula, variants=({},), labels=(0, 1), logits=True):
    """Two classes: labels between the two values and equal to one of them, one example, ±80; formula(labels, predictions, **options)."""
    def make(add):
        low, high = labels
        soft, hard = rounded(low + (high - low) * (.1 + .8 * torch.rand(6, 5, dtype=torch.float64))), low + (high - low) * (torch.rand(6, 5) > .5).double()
        prepare = (lambda z: z) if logits else lambda z: rounded(torch.sigmoid(z))
        scores, extremes = randn(6, 5), torch.tensor([[80., -80.], [-80., 80.], [0., 0.], [20., -20.], [1e-30, 1.], [-1., 1.]], dtype=torch.float64)
        for options in variants:
            f = lambda y, p: formula(y, p, **options)
            add(f, soft, prepare(scores), options, smooth=True)
            add(f, hard, prepare(3 * scores), options)
            add(f, hard[:1, :1], prepare(scores[:1, :1]), options)
            add(f, hard[:, :2], prepare(extremes if logits else extremes / 40), options)
    return make


def classification(formula, variants=({},), logits=True, sparse=False):
    """Distributions, one-hot labels, extremes, one example, two axes of examples; formula(labels, predictions, **options)."""
    def make(add):
        classes, score = torch.tensor([3, 0, 9, 9, 1, 5]), randn(6, 10, scale=3)
        onehot, soft = F.one_hot(classes, 10).double(), rounded(torch.softmax(randn(6, 10), 1) / 2 + .05)
        extreme = torch.zeros(6, 10, dtype=torch.float64)
        extreme[0, 3] = 80; extreme[1, 0] = -80; extreme[2] = 80; extreme[3] = -80; extreme[4, 1] = 80; extreme[4, 2] = 80
        prepare = (lambda z: z) if logits else lambda z: rounded(torch.softmax(z, -1))
        for options in variants:
            f = lambda y, p: formula(y, p, **options)
            hard = classes if sparse else onehot
            add(f, hard if sparse else soft, prepare(score / (3 if logits else 20)), options, smooth=True)
            add(f, hard, prepare(score), options)
            add(f, hard, prepare(extreme), options)
            add(f, hard[:1], prepare(score[:1]), options)
            add(f, hard.reshape(2, 3) if sparse else soft.reshape(2, 3, 10), prepare(score.reshape(2, 3, 10)), options)
    return make


def softmax_cross_entropy(t, z, labelSmoothing=0):
    y = F.one_hot(t, z.shape[-1]).double() if t.dtype == torch.int64 else t
    smoothed = (1 - labelSmoothing) * y + labelSmoothing / z.shape[-1]
    return -(smoothed * F.log_softmax(z, -1)).sum(-1)


def cross_entropy(t, p, epsilon=1e-7):
    y = F.one_hot(t, p.shape[-1]).double() if t.dtype == torch.int64 else t
    return -(y * torch.log(torch.where(p > epsilon, p, torch.tensor(epsilon, dtype=torch.float64)))).sum(-1)


smoothing = ({}, dict(labelSmoothing=.2))
loss('softmaxCrossEntropy', classification(softmax_cross_entropy, smoothing))
loss('sparseSoftmaxCrossEntropy', classification(softmax_cross_entropy, smoothing, sparse=True))
loss('crossEntropy', classification(cross_entropy, ({}, dict(epsilon=.01)), logits=False))
loss('sparseCrossEntropy', classification(cross_entropy, logits=False, sparse=True))
loss('meanSquaredError', regression(lambda y, p: F.mse_loss(p, y, reduction='none')))
loss('huber', regression(lambda y, p, delta=1: F.huber_loss(p, y, reduction='none', delta=delta), ({}, dict(delta=.3))))
loss('meanAbsoluteError', regression(lambda y, p: F.l1_loss(p, y, reduction='none')))
loss('smoothL1', regression(lambda y, p, beta=1: F.smooth_l1_loss(p, y, reduction='none', beta=beta), ({}, dict(beta=.3))))
loss('logCosh', regression(lambda y, p: (p - y).cosh().log()))
loss('quantile', regression(lambda y, p, quantile=.5: quantile * F.relu(y - p) + (1 - quantile) * F.relu(p - y), ({}, dict(quantile=.9))))
loss('meanSquaredLogarithmicError', regression(lambda y, p: (p.log1p() - y.log1p()) ** 2, positive=True))
loss('meanAbsolutePercentageError', regression(
    lambda y, p, epsilon=1e-7: 100 * (p - y).abs() / y.abs().clamp(min=epsilon), (dict(epsilon=.5), dict(epsilon=.01)), positive=True))
loss('poissonNll', regression(lambda y, p, logInput=True, epsilon=1e-8: F.poisson_nll_loss(p, y, log_input=logInput, eps=epsilon, reduction='none'),
                              ({}, dict(logInput=False, epsilon=.01)), positive=True))


def binary_cross_entropy(y, p, epsilon=1e-7):
    clipped = p.clamp(epsilon, 1 - epsilon)
    return -y * clipped.log() - (1 - y) * torch.log1p(-clipped)


def binary_cross_entropy_with_logits(y, x, positiveWeight=1, labelSmoothing=0):
    smoothed = y * (1 - labelSmoothing) + labelSmoothing / 2
    return smoothed * positiveWeight * F.softplus(-x, threshold=1e3) + (1 - smoothed) * F.softplus(x, threshold=1e3)


def sigmoid_focal(y, x, alpha=.25, gamma=2):
    p = torch.sigmoid(x)
    positive, negative = torch.sigmoid(-x) ** gamma * F.softplus(-x, threshold=1e3), p ** gamma * F.softplus(x, threshold=1e3)
    return alpha * y * positive + (1 - alpha) * (1 - y) * negative


loss('binaryCrossEntropy', binary(binary_cross_entropy, ({}, dict(epsilon=.01)), logits=False))
loss('binaryCrossEntropyWithLogits', binary(binary_cross_entropy_with_logits, ({}, dict(positiveWeight=3, labelSmoothing=.1))))
loss('sigmoidFocal', binary(sigmoid_focal, ({}, dict(alpha=.7, gamma=.5))))
loss('hinge', binary(lambda y, x: F.relu(1 - y * x), labels=(-1, 1)))
loss('squaredHinge', binary(lambda y, x: F.relu(1 - y * x) ** 2, labels=(-1, 1)))
loss('softMargin', binary(lambda y, x: F.softplus(-y * x, threshold=1e3), labels=(-1, 1)))

"""Values and gradients of the losses in float64, one file a loss: python3 tools/goldens/losses.py [NAME …]"""
import sys, torch, torch.nn.functional as F
from golden import golden, numbers, randn, rounded

REDUCTIONS = dict(mean=lambda l, w: (l * w).sum() / w.sum(), sum=lambda l, w: (l * w).sum(), none=lambda l, w: l * w)
WEIGHTS = torch.tensor([1., 0., 2., .5, 1., 3.], dtype=torch.float64)


def leaves(side):
    """The tensors of labels or predictions: one, a list, or a dict."""
    return list(side.values()) if isinstance(side, dict) else list(side) if isinstance(side, (list, tuple)) else [side]


def mapped(side, f):
    return {k: f(x) for k, x in side.items()} if isinstance(side, dict) else [f(x) for x in side] if isinstance(side, (list, tuple)) else f(side)


def leaf(x):
    return x.clone() if x.dtype == torch.int64 else x.clone().requires_grad_()


def part(x):
    """One of several tensors in a golden file."""
    sparse = x.dtype == torch.int64
    return dict(values=numbers(x), shape=list(x.shape), sparse=sparse, gradient=None if sparse else numbers(torch.zeros_like(x) if x.grad is None else x.grad))


def add(cases, formula, labels, predictions, options={}, smooth=False):
    """Each reduction, without and with a weight for each example; formula(labels, predictions) gives the losses of the examples, or
    these and what each of them counts for in a mean. A formula that has `weights` among its arguments gets them.

    smooth: finite differences can check the gradient here, for labels as well when they are not indices."""
    size = len(leaves(predictions)[0])
    for weighted in (False, True):
        if weighted and size != len(WEIGHTS):
            continue
        for reduction, reduce in REDUCTIONS.items():
            y, p = mapped(labels, leaf), mapped(predictions, leaf)
            w = WEIGHTS if weighted else torch.ones(size, dtype=torch.float64)
            takes_weights = 'weights' in formula.__code__.co_varnames[:formula.__code__.co_argcount]
            l = formula(y, p, weights=w) if takes_weights else formula(y, p)
            l, shares = l if isinstance(l, tuple) else (l, torch.ones_like(l))
            each = w.reshape([-1] + [1] * (l.dim() - 1)).expand_as(l)
            # 0 times an infinite loss is 0.
            l = torch.where(each == 0, torch.zeros_like(l), l)
            value = (l * each).sum() / (each * shares).sum() if reduction == 'mean' else reduce(l, each)
            seed = torch.arange(1, value.numel() + 1, dtype=torch.float64).reshape(value.shape)
            (value * seed).sum().backward()
            case = dict(options=dict(options, reduction=reduction), weights=numbers(w) if weighted else None)
            if isinstance(labels, torch.Tensor) and isinstance(predictions, torch.Tensor):
                indices = labels.dtype == torch.int64
                case.update(sparse=indices, smooth=smooth, labels=numbers(labels), labelsShape=list(labels.shape), predictions=numbers(predictions),
                            shape=list(predictions.shape), value=numbers(value), seed=numbers(seed), gradient=numbers(p.grad),
                            labelGradient=None if indices else numbers(torch.zeros_like(y) if y.grad is None else y.grad))
            else:
                case.update(smooth=smooth, labels=mapped(y, part), predictions=mapped(p, part), value=numbers(value), seed=numbers(seed))
            cases.append(case)


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


CLASS_WEIGHTS = [2., .5, 1., 0., 3.]


def weighted(formula, options, sparse, logits=True):
    """Weights of classes, and for class indices one that is ignored; formula(labels, predictions) knows both."""
    def make(add):
        p = (lambda z: z) if logits else lambda z: rounded(torch.softmax(z, -1))
        labels = torch.tensor([3, 0, -100, 4, 1, 2]) if sparse else rounded(torch.softmax(randn(6, 5), 1) / 2 + .1)
        chosen = dict(options, ignoreIndex=-100) if sparse else options
        add(formula, labels, p(randn(6, 5)), chosen)
        add(formula, labels.reshape(2, 3, *labels.shape[1:]), p(randn(2, 3, 5)), chosen)
    return make


def in_turn(*makers):
    def make(add):
        for one in makers:
            one(add)
    return make


def weighted_cross_entropy(labelSmoothing=0, logits=True):
    """PyTorch's losses of the examples, and the weights that its mean is divided by for class indices."""
    w = torch.tensor(CLASS_WEIGHTS, dtype=torch.float64)

    def formula(t, p):
        z, indices = p.movedim(-1, 1), t.dtype == torch.int64
        counted = t != -100 if indices else torch.ones(t.shape[:-1], dtype=torch.bool)
        y = F.one_hot(t.clamp(min=0), 5).double() if indices else t
        shares = (y * w).sum(-1) * counted
        if not logits:
            return -(y * w * p.log()).sum(-1) * counted, shares
        return F.cross_entropy(z, t if indices else t.movedim(-1, 1), weight=w, label_smoothing=labelSmoothing, reduction='none'), shares
    return formula


smoothing = ({}, dict(labelSmoothing=.2))
by_class, smoothed = dict(classWeights=CLASS_WEIGHTS), dict(classWeights=CLASS_WEIGHTS, labelSmoothing=.2)
loss('softmaxCrossEntropy', in_turn(classification(softmax_cross_entropy, smoothing), weighted(weighted_cross_entropy(.2), smoothed, False)))
loss('sparseSoftmaxCrossEntropy', in_turn(classification(softmax_cross_entropy, smoothing, sparse=True), weighted(weighted_cross_entropy(.2), smoothed, True)))
loss('crossEntropy', in_turn(classification(cross_entropy, ({}, dict(epsilon=.01)), logits=False), weighted(weighted_cross_entropy(logits=False), by_class, False, False)))
loss('sparseCrossEntropy', in_turn(classification(cross_entropy, logits=False, sparse=True), weighted(weighted_cross_entropy(logits=False), by_class, True, False)))
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


def softmax_focal(t, z, gamma=2, classWeights=None):
    y = F.one_hot(t, z.shape[-1]).double() if t.dtype == torch.int64 else t
    log = F.log_softmax(z, -1)
    # 1 − p with the digits of the other classes; for a γ below 1 a power of 0 has no derivative.
    rest = torch.stack([torch.logsumexp(torch.cat([log[..., :k], log[..., k + 1:]], -1), -1) for k in range(z.shape[-1])], -1).exp()
    w = torch.ones(z.shape[-1], dtype=torch.float64) if classWeights is None else torch.tensor(classWeights, dtype=torch.float64)
    return -(w * y * rest ** gamma * log).sum(-1), (y * w).sum(-1) if classWeights is not None else torch.ones(z.shape[:-1], dtype=torch.float64)


def poly_loss(t, z, epsilon=2):
    y = F.one_hot(t, z.shape[-1]).double() if t.dtype == torch.int64 else t
    return F.cross_entropy(z.movedim(-1, 1), y.movedim(-1, 1), reduction='none') + epsilon * (y * (1 - torch.softmax(z, -1))).sum(-1)


def sparsemax(z):
    ordered, _ = z.sort(-1, descending=True)
    ranks, sums = torch.arange(1, z.shape[-1] + 1, dtype=torch.float64), ordered.cumsum(-1)
    size = (1 + ranks * ordered > sums).sum(-1, keepdim=True)
    return F.relu(z - (sums.gather(-1, size - 1) - 1) / size)


def sparsemax_loss(t, z):
    y = F.one_hot(t, z.shape[-1]).double() if t.dtype == torch.int64 else t
    return ((z - y) ** 2).sum(-1) / 2 - ((z - sparsemax(z)) ** 2).sum(-1) / 2


def both(formula, variants=({},)):
    """Distributions and, in the same file, class indices."""
    def make(add):
        classification(formula, variants)(add)
        classification(formula, variants, sparse=True)(add)
    return make


weights_of_classes = [1., .5, 2., 1., 3., 1., .25, 1., 1., 4.]
loss('softmaxFocal', both(softmax_focal, ({}, dict(gamma=.5, classWeights=weights_of_classes))))
loss('polyLoss', both(poly_loss))
loss('sparsemaxLoss', both(sparsemax_loss))


def asymmetric(y, x, gammaNegative=4, gammaPositive=1, clip=.05):
    p, q = torch.sigmoid(x), F.relu(torch.sigmoid(x) - clip)
    negative = -torch.log(torch.sigmoid(-x) + clip) if clip else F.softplus(x, threshold=1e3)
    zero = torch.zeros_like(x)
    return y * torch.sigmoid(-x) ** gammaPositive * F.softplus(-x, threshold=1e3) + (1 - y) * torch.where(q > 0, q ** gammaNegative * negative, zero)


loss('asymmetric', binary(asymmetric, ({}, dict(gammaNegative=2, gammaPositive=.5, clip=0))))

TINY = 1.1754944e-38


def x_log_x(x):
    """x·log x; the logarithm in its gradient is finite at 0."""
    return x * torch.log(x.clamp(min=TINY))


def kl_divergence(y, p, logLabels=False):
    if logLabels:
        return F.kl_div(p, y, reduction='none', log_target=True).sum(-1)
    expected, value = F.kl_div(p, y, reduction='none').sum(-1), (x_log_x(y) - y * p).sum(-1)
    assert torch.allclose(expected, value)
    return value


def distributions(formula, variants=({},), log=False):
    """Soft and one-hot labels and probabilities, one example, two axes of examples; log: predictions are logarithms."""
    def make(add):
        for options in variants:
            f = lambda y, p: formula(y, p, **options)
            label = (lambda y: rounded(y.log())) if options.get('logLabels') else (lambda y: y)
            predict = (lambda z: rounded(F.log_softmax(z, -1))) if log else (lambda z: rounded(torch.softmax(z, -1)))
            score, soft = randn(6, 5, scale=3), torch.softmax(randn(6, 5), 1) / 2 + .1
            hard = F.one_hot(torch.tensor([3, 0, 4, 4, 1, 2]), 5).double()
            add(f, rounded(label(rounded(soft))), predict(score / 6), options, smooth=True)
            add(f, rounded(label(rounded(soft))) if options.get('logLabels') else hard, predict(score), options)
            add(f, rounded(label(rounded(soft[:1]))), predict(10 * score[:1]), options)
            add(f, rounded(label(rounded(soft))).reshape(2, 3, 5), predict(score.reshape(2, 3, 5)), options)
    return make


loss('klDivergence', distributions(kl_divergence, ({}, dict(logLabels=True)), log=True))
loss('jensenShannon', distributions(lambda y, p: ((x_log_x(y) + x_log_x(p)) / 2 - x_log_x((y + p) / 2)).sum(-1)))


def gaussian_nll(y, p, full=False, epsilon=1e-6):
    return F.gaussian_nll_loss(p['mean'], y, p['variance'], full=full, eps=epsilon, reduction='none')


def make_gaussian(add):
    for options in ({}, dict(full=True, epsilon=.01)):
        f = lambda y, p: gaussian_nll(y, p, **options)
        add(f, randn(6, 3), dict(mean=randn(6, 3), variance=rounded(.5 + torch.rand(6, 3, dtype=torch.float64))), options, smooth=True)
        add(f, randn(1), dict(mean=randn(1), variance=rounded(randn(1).abs())), options)
        add(f, torch.tensor([80., -80., 1., 0.]).double(), dict(mean=torch.tensor([80., 80., 1., 0.]).double(), variance=torch.tensor([1., 80., .005, 80.]).double()), options)


loss('gaussianNll', make_gaussian)


def distill(y, z, temperature=2, teacherWeight=.25):
    hard = 0 if teacherWeight == 1 else F.cross_entropy(z.movedim(-1, 1), y['labels'] if y['labels'].dtype == torch.int64 else y['labels'].movedim(-1, 1), reduction='none')
    soft = F.kl_div(F.log_softmax(z / temperature, -1), F.log_softmax(y['teacher'] / temperature, -1), reduction='none', log_target=True).sum(-1)
    return (1 - teacherWeight) * hard + teacherWeight * temperature ** 2 * soft


def make_distillation(add):
    for options in ({}, dict(temperature=5, teacherWeight=.9), dict(teacherWeight=1)):
        f = lambda y, p: distill(y, p, **options)
        student, teacher = randn(6, 5), randn(6, 5)
        soft = rounded(torch.softmax(randn(6, 5), 1) / 2 + .1)
        only = (lambda y: dict(teacher=y['teacher'])) if options.get('teacherWeight') == 1 else (lambda y: y)
        add(f, only(dict(labels=soft, teacher=teacher)), student, options, smooth=True)
        add(f, only(dict(labels=torch.tensor([3, 0, 4, 4, 1, 2]), teacher=teacher)), student, options, smooth=True)
        add(f, only(dict(labels=torch.tensor([1]), teacher=torch.tensor([[80., -80.]]).double())), torch.tensor([[-80., 80.]]).double(), options)
        add(f, only(dict(labels=soft.reshape(2, 3, 5), teacher=teacher.reshape(2, 3, 5))), 3 * student.reshape(2, 3, 5), options)


loss('distillation', make_distillation)


def feature_distillation(t, s, normalize=False):
    t, s = t.flatten(1), s.flatten(1)
    return ((F.normalize(s, dim=1) - F.normalize(t, dim=1)) ** 2).sum(1) if normalize else ((s - t) ** 2).mean(1)


def make_features(add):
    for options in ({}, dict(normalize=True)):
        f = lambda t, s: feature_distillation(t, s, **options)
        add(f, randn(6, 5), randn(6, 5), options, smooth=True)
        add(f, randn(1, 2, 2, 3), randn(1, 2, 2, 3), options)
        add(f, 80 * randn(2, 5), 80 * randn(2, 5), options)


loss('featureDistillation', make_features)


def hinge_embedding(y, x, margin=1):
    expected = (1 + y) / 2 * x + (1 - y) / 2 * F.relu(margin - x)
    is_sign = y.abs() == 1
    assert torch.allclose(F.hinge_embedding_loss(x, y, margin=margin, reduction='none')[is_sign], expected[is_sign])
    return expected


loss('hingeEmbedding', binary(hinge_embedding, ({}, dict(margin=2.5)), labels=(-1, 1)))


def make_ranking(add):
    for options in ({}, dict(margin=.5)):
        f = lambda y, p: F.margin_ranking_loss(p[0], p[1], y, reduction='none', **options)
        signs = 2 * (torch.rand(6, 3) > .5).double() - 1
        add(f, signs, [randn(6, 3), randn(6, 3)], options, smooth=True)
        add(f, signs[:1, 0], [randn(1), randn(1)], options)
        add(f, torch.tensor([1., -1.]).double(), [torch.tensor([80., 80.]).double(), torch.tensor([-80., -80.]).double()], options)


loss('marginRanking', make_ranking)


def multi_margin(t, x, classWeights=None, **options):
    w = None if classWeights is None else torch.tensor(classWeights, dtype=torch.float64)
    losses = F.multi_margin_loss(x.reshape(-1, x.shape[-1]), t.reshape(-1), weight=w, reduction='none', **options).reshape(t.shape)
    return losses, torch.ones_like(losses) if w is None else w[t]


def make_multi_margin(add):
    for options in ({}, dict(p=2, margin=.5, classWeights=CLASS_WEIGHTS)):
        f = lambda t, x: multi_margin(t, x, **options)
        labels = torch.tensor([3, 0, 4, 4, 1, 2])
        add(f, labels, randn(6, 5), options, smooth=True)
        add(f, labels.reshape(2, 3), 40 * randn(2, 3, 5), options)
        add(f, labels[1:2], randn(1, 5), options)


loss('multiMargin', make_multi_margin)


def multi_label_margin(y, x):
    """PyTorch's, for labels of 0 and 1; the formula for others."""
    pairs = y[..., :, None] * (1 - y[..., None, :]) * F.relu(1 - x[..., :, None] + x[..., None, :])
    value = pairs.sum((-1, -2)) / y.shape[-1]
    if ((y == 0) | (y == 1)).all() and y.dim() == 2:
        lists = torch.full(y.shape, -1)
        for i, row in enumerate(y.long()):
            chosen = row.nonzero().flatten()
            lists[i, :len(chosen)] = chosen
        assert torch.allclose(F.multilabel_margin_loss(x, lists, reduction='none'), value)
    return value


def multi_label_soft_margin(y, x, classWeights=None):
    w = None if classWeights is None else torch.tensor(classWeights, dtype=torch.float64)
    return F.multilabel_soft_margin_loss(x, y, weight=w, reduction='none')


def multi_label(formula, variants=({},)):
    """Soft labels, labels of 0 and 1, one example, two axes of examples, one label."""
    def make(add):
        for options in variants:
            f = lambda y, x: formula(y, x, **options)
            soft, hard = rounded(.1 + .8 * torch.rand(6, 5, dtype=torch.float64)), (torch.rand(6, 5) > .5).double()
            # Differences of scores are far from 1, where a margin has a kink.
            steps = rounded(.4 * torch.stack([torch.randperm(5) for _ in range(6)]).double())
            add(f, soft, steps, options, smooth=True)
            add(f, hard, 40 * randn(6, 5), options)
            add(f, hard.reshape(2, 3, 5), randn(2, 3, 5), options)
            if not options:
                add(f, hard[:1, :1], randn(1, 1), options)
    return make


loss('multiLabelMargin', multi_label(multi_label_margin))
loss('multiLabelSoftMargin', multi_label(multi_label_soft_margin, ({}, dict(classWeights=CLASS_WEIGHTS))))


def embeddings(formula, variants=({},), labels=None, parts=2, names=None, compared=False):
    """Vectors of usual size, one example, two axes of examples; labels(shape) makes the labels of pairs."""
    def make(add):
        for options in variants:
            f = lambda y, p: formula(y, p, **options)
            for shape, scale, smooth in (([6, 5], 1, True), ([1, 3], 1, False), ([2, 3, 5], 3, False)):
                vectors = [scale * randn(*shape) for _ in range(parts)]
                if labels:
                    add(f, labels(shape[:-1]), vectors, options, smooth=smooth)
                else:
                    add(f, dict(zip(names, vectors[1:])) if names else vectors[1], vectors[0], options, smooth=smooth)
    return make


def mixed_signs(shape):
    signs = torch.where(torch.rand(shape) > .5, 1., -1.).double()
    return rounded(signs * (.5 + .4 * torch.rand(shape, dtype=torch.float64))) if len(shape) == 1 else signs


def cosine_embedding(y, p, margin=0):
    similar, dissimilar = (F.cosine_embedding_loss(*[x.reshape(-1, x.shape[-1]) for x in p], sign * torch.ones(y.numel()), margin=margin, reduction='none')
                           .reshape(y.shape) for sign in (1, -1))
    return (1 + y) / 2 * similar + (1 - y) / 2 * dissimilar


def contrastive(y, p, margin=1):
    d = (p[0] - p[1]).norm(dim=-1)
    return (1 + y) / 4 * d ** 2 + (1 - y) / 4 * F.relu(margin - d) ** 2


loss('cosineSimilarity', embeddings(lambda y, p: -F.cosine_similarity(y, p, dim=-1)))
loss('cosineEmbedding', embeddings(cosine_embedding, ({}, dict(margin=-.5)), mixed_signs))
loss('contrastive', embeddings(contrastive, ({}, dict(margin=4)), mixed_signs))
loss('tripletMargin', embeddings(lambda y, a, epsilon=1e-6, **options: F.triplet_margin_loss(a, y['positive'], y['negative'], reduction='none', eps=epsilon, **options),
                                 ({}, dict(margin=3, swap=True), dict(margin=3, p=1, epsilon=0)), parts=3, names=['positive', 'negative']))


def among(scores, counted):
    """The log-softmax of each row among the columns that count."""
    return F.log_softmax(torch.where(counted, scores, torch.tensor(-torch.inf, dtype=torch.float64)), -1)


def info_nce(y, p, weights, temperature=.1, symmetric=False):
    n = len(p)
    scores = F.normalize(p, dim=1) @ F.normalize(y, dim=1).T / temperature
    candidates = (weights != 0)[None] | torch.eye(n, dtype=torch.bool)
    forward, backward = -among(scores, candidates).diagonal(), -among(scores.T, candidates).diagonal()
    return (forward + backward) / 2 if symmetric else forward


def make_info_nce(add):
    for options in ({}, dict(temperature=.5, symmetric=True)):
        f = lambda y, p, weights: info_nce(y, p, weights, **options)
        for n, scale, smooth in ((6, 1, True), (1, 1, False), (4, 80, False)):
            add(f, scale * randn(n, 5), scale * randn(n, 5), options, smooth=smooth)


loss('infoNce', make_info_nce)


def supervised_contrastive(y, z, weights, temperature=.1):
    u, losses = F.normalize(z, dim=1), []
    for i in range(len(z)):
        others = [j for j in range(len(z)) if j != i and weights[j] != 0]
        positives = [k for k, j in enumerate(others) if y[j] == y[i]]
        logs = F.log_softmax(u[others] @ u[i] / temperature, 0)
        losses.append(-logs[positives].mean() if positives else 0 * z[i].sum())
    return torch.stack(losses)


def make_supervised(add):
    for options in ({}, dict(temperature=.5)):
        f = lambda y, z, weights: supervised_contrastive(y, z, weights, **options)
        add(f, torch.tensor([0, 7, 0, 1, 7, 0]), randn(6, 5), options, smooth=True)
        add(f, torch.tensor([2]), randn(1, 5), options)
        add(f, torch.tensor([0, 1, 1, 1]), 80 * randn(4, 3), options)


loss('supervisedContrastive', make_supervised)


def overlap(formula, variants=({},)):
    """Masks of two classes over 2 × 3 positions, one example and class, empty masks."""
    def make(add):
        for options in variants:
            f = lambda y, p: formula(y.flatten(1, -2), p.flatten(1, -2), **options)
            soft = lambda *shape: rounded(.1 + .8 * torch.rand(*shape, dtype=torch.float64))
            add(f, soft(6, 2, 3, 2), soft(6, 2, 3, 2), options, smooth=True)
            add(f, (torch.rand(1, 4, 1) > .5).double(), soft(1, 4, 1), options)
            add(f, torch.zeros(2, 3, 1, dtype=torch.float64), torch.tensor([0., 0., 0., .5, 0., 1.]).double().reshape(2, 3, 1), options)
    return make


def dice(y, p, smooth=1e-5, squared=False):
    size = (lambda x: x ** 2) if squared else lambda x: x
    return 1 - (2 * (y * p).sum(1) + smooth) / (size(y).sum(1) + size(p).sum(1) + smooth)


def tversky(y, p, alpha=.5, beta=.5, smooth=1e-5):
    found = (y * p).sum(1) + smooth
    return 1 - found / (found + alpha * ((1 - y) * p).sum(1) + beta * (y * (1 - p)).sum(1))


loss('dice', overlap(dice, (dict(smooth=1), dict(squared=True, smooth=.5))))
loss('tversky', overlap(tversky, (dict(smooth=1), dict(alpha=.3, beta=.7, smooth=.5))))


def ctc(y, z, blank=0, zeroInfinity=False):
    batch, steps, _ = z.shape
    lengths = lambda name, all: y.get(name, torch.full((batch,), all))
    return F.ctc_loss(F.log_softmax(z, -1).transpose(0, 1), y['labels'], lengths('inputLengths', steps), lengths('labelLengths', y['labels'].shape[1]),
                      blank=blank, reduction='none', zero_infinity=zeroInfinity)


def make_ctc(add):
    """Repeated labels, lengths that differ, no label; another blank; one step; labels that do not fit; ±80."""
    labels = torch.tensor([[1, 2], [2, 2], [3, 1], [1, 3], [2, 1], [3, 3]])
    lengths = dict(labelLengths=torch.tensor([2, 2, 1, 0, 2, 1]), inputLengths=torch.tensor([5, 4, 5, 3, 2, 1]))
    add(lambda y, z: ctc(y, z), dict(labels=labels, **lengths), randn(6, 5, 4), {}, smooth=True)
    add(lambda y, z: ctc(y, z, blank=3), dict(labels=labels[:1]), randn(1, 5, 4), dict(blank=3))
    add(lambda y, z: ctc(y, z, zeroInfinity=True), dict(labels=labels[1:3]), randn(2, 2, 4), dict(zeroInfinity=True))
    add(lambda y, z: ctc(y, z), dict(labels=torch.tensor([[1]])), randn(1, 1, 2))
    ends = torch.tensor([[80., -80., 0.], [-80., 80., 80.], [80., 80., 80.]]).double()
    add(lambda y, z: ctc(y, z), dict(labels=labels[:1]), ends[None])


loss('ctc', make_ctc)

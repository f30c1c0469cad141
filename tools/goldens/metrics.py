"""Values of the metrics in float64, one file a metric: python3 tools/goldens/metrics.py [NAME …]

scikit-learn's formulas, written out: its metrics of release 1.5 with zero_division=nan, where a value that is 0/0 is NaN and averages
leave it out. Papers' formulas where scikit-learn has none; metrics.ts names them.
"""
import collections, math, sys, torch, torch.nn.functional as F
from golden import golden, numbers, randn, rounded, short

D = torch.float64
WEIGHTS = torch.tensor([1., 0., 2., .5, 1., 3., 1., .25], dtype=D)
NAN = float('nan')


def deep(value):
    return [deep(v) for v in value] if isinstance(value, (list, tuple)) else short(float(value))


def metric(name, make):
    """make(add) with add(labels, predictions, formula, options): formula(labels, predictions, weights, **options)"""
    if sys.argv[1:] and name not in sys.argv[1:]:
        return
    with golden('metrics', name) as cases:
        def add(labels, predictions, formula, options={}):
            for weights in (None, WEIGHTS) if len(labels) == len(WEIGHTS) else (None,):
                w = torch.ones(len(labels), dtype=D) if weights is None else weights
                value = formula(labels, predictions, w.reshape([-1] + [1] * (labels.dim() - 1)), **options)
                cases.append(dict(options=options, labels=numbers(labels), labelsShape=list(labels.shape), predictions=numbers(predictions),
                                  shape=list(predictions.shape), weights=None if weights is None else numbers(weights), value=deep(value)))
        make(add)


def mean(values, w):
    w = w.expand_as(values)
    return ((values * w)[w > 0].sum() / w.sum()).item()


def classes(formula, variants=({},), logits=True):
    """Class indices, one-hot labels and two axes of examples; formula(labels, predictions, weights, **options) takes class indices."""
    def make(add):
        y, z = torch.tensor([2, 0, 3, 3, 1, 2, 0, 0]), randn(8, 5, scale=2)
        z[0, 2] = 4; z[1, 0] = 4; z[2, 1] = 4
        z[5] = torch.tensor([1., 1, 1, 0, 1])  # equal scores
        prepare = (lambda z: z) if logits else lambda z: rounded(torch.softmax(z, -1))
        for options in variants:
            add(y, prepare(z), formula, options)
            add(F.one_hot(y, 5).double(), prepare(z), lambda y, p, w, **o: formula(y.argmax(-1), p, w.reshape(-1), **o), options)
            add(y.reshape(2, 4), prepare(z).reshape(2, 4, 5), formula, options)
            add(y[:1], prepare(z)[:1], formula, options)
    return make


def binary(formula, variants=({},), logits=True, equal=True):
    def make(add):
        y, z = torch.tensor([1., 0, 1, 1, 0, 1, 0, 0], dtype=D), randn(8, scale=2)
        if equal:
            z[1] = z[2] = .5; z[4] = z[5] = -.25
        p = z if logits else rounded(torch.sigmoid(z))
        for options in variants:
            add(y, p, formula, options)
            add(y.reshape(8, 1), p.reshape(8, 1), lambda y, p, w, **o: formula(y[:, 0], p[:, 0], w[:, 0], **o), options)
    return make


def both(*makes):
    return lambda add: [make(add) for make in makes] and None


def first_largest(p):
    """argmax with the first of equal scores, which PyTorch does not promise."""
    return (p == p.max(-1, keepdim=True).values).double().argmax(-1)


# --- classification -------------------------------------------------------------------------------------------------------------
metric('accuracy', classes(lambda y, p, w: mean((first_largest(p) == y).double(), w)))


def top_k(y, p, w, k=5):
    own = p.gather(-1, y[..., None])
    index = torch.arange(p.shape[-1])
    rank = ((p > own) | ((p == own) & (index < y[..., None]))).sum(-1)
    return mean((rank < k).double(), w)


metric('topKAccuracy', classes(top_k, ({}, dict(k=2), dict(k=1))))
metric('binaryAccuracy', binary(lambda y, p, w, threshold=0: mean(((p > threshold).double() == y).double(), w), (dict(threshold=0), dict(threshold=.5))))


def counts(y, guess, w, size):
    w = w.expand_as(y.double())
    total = lambda mask: (w * mask.double()).sum().item()
    return [(total((y == k) & (guess == k)), total(guess == k), total(y == k)) for k in range(size)]


def ratio(formula):
    """formula(both, predicted, labeled) -> numerator, denominator"""
    quotient = lambda a, b: a / b if b != 0 else NAN

    def several(y, p, w, average='macro'):
        table = counts(y, first_largest(p), w, p.shape[-1])
        parts = [formula(*row) for row in table]
        values = [quotient(*part) for part in parts]
        if average == 'none':
            return values
        if average == 'micro':
            return quotient(sum(a for a, _ in parts), sum(b for _, b in parts))
        weights = [0 if math.isnan(v) else 1 if average == 'macro' else row[2] for v, row in zip(values, table)]
        return quotient(sum(0 if math.isnan(v) else v * u for v, u in zip(values, weights)), sum(weights))

    def single(y, p, w, threshold=0):
        return quotient(*formula(*counts(y, (p > threshold).double(), w, 2)[1]))
    averages = ({},) + tuple(dict(average=a) for a in ('macro', 'micro', 'weighted', 'none'))
    return both(classes(several, averages), binary(single, (dict(threshold=0), dict(threshold=.5))))


metric('precision', ratio(lambda both, predicted, labeled: (both, predicted)))
metric('recall', ratio(lambda both, predicted, labeled: (both, labeled)))
metric('f1', ratio(lambda both, predicted, labeled: (2 * both, predicted + labeled)))
metric('meanIntersectionOverUnion', ratio(lambda both, predicted, labeled: (both, predicted + labeled - both)))


def confusion(y, guess, w, size):
    w = w.expand_as(y.double())
    return [[(w * ((y == i) & (guess == j)).double()).sum().item() for j in range(size)] for i in range(size)]


metric('confusionMatrix', both(classes(lambda y, p, w: confusion(y, first_largest(p), w, p.shape[-1])),
                               binary(lambda y, p, w, threshold=0: confusion(y, (p > threshold).double(), w, 2), (dict(threshold=0), dict(threshold=.5)))))


def roc_auc(y, p, w):
    """Over all pairs of a positive and a negative example: what the trapezoids of sklearn's roc_auc_score sum to."""
    area = pairs = 0.
    for i in range(len(y)):
        for j in range(len(y)):
            if y[i] == 1 and y[j] == 0:
                pair = (w[i] * w[j]).item()
                pairs += pair
                area += pair * (1 if p[i] > p[j] else .5 if p[i] == p[j] else 0)
    return area / pairs


def average_precision(y, p, w):
    """sklearn's sum over thresholds of (Rn - Rn-1) Pn."""
    total, before, result = (w * y).sum().item(), 0., 0.
    for threshold in sorted(set(p.tolist()), reverse=True):
        chosen = p >= threshold
        if (w * chosen).sum() == 0:
            continue
        right = (w * y * chosen).sum().item()
        result += (right / total - before) * right / (w * chosen).sum().item()
        before = right / total
    return result


metric('rocAuc', binary(roc_auc))
metric('averagePrecision', binary(average_precision))


# --- probabilities --------------------------------------------------------------------------------------------------------------
def log_loss(y, p, w, fromLogits=False):
    log = F.log_softmax(p, -1) if fromLogits else p.clamp(min=1e-7).log()
    return mean(-log.gather(-1, y[..., None])[..., 0], w)


def log_loss_of_one(y, p, w, fromLogits=False):
    p = torch.sigmoid(p) if fromLogits else p
    return mean(-torch.where(y == 1, p, 1 - p).clamp(min=1e-7).log(), w)


metric('logLoss', both(classes(log_loss, logits=False), classes(log_loss, (dict(fromLogits=True),)),
                       binary(log_loss_of_one, logits=False), binary(log_loss_of_one, (dict(fromLogits=True),))))
perplexity = lambda *a, **o: math.exp(log_loss(*a, **o))
metric('perplexity', both(classes(perplexity, logits=False), classes(perplexity, (dict(fromLogits=True),))))


def calibration(y, p, w, bins=15, fromLogits=False):
    """Guo et al., 2017, equation 3, with bins (a, b]."""
    if p.shape == y.shape:
        p = torch.sigmoid(p) if fromLogits else p
        p = torch.stack([1 - p, p], -1)
    elif fromLogits:
        p = torch.softmax(p, -1)
    confidence, right = p.max(-1).values, (first_largest(p) == y).double()
    w = w.expand_as(confidence)
    at = (confidence * bins).ceil().long().clamp(min=1) - 1
    return sum(((w * (right - confidence))[at == b].sum().abs()).item() for b in range(bins)) / w.sum().item()


few = ({}, dict(bins=3))
metric('expectedCalibrationError', both(classes(calibration, few, logits=False), classes(calibration, (dict(fromLogits=True),)),
                                        binary(calibration, few, logits=False), binary(calibration, (dict(fromLogits=True),))))


# --- regression -----------------------------------------------------------------------------------------------------------------
def regression(formula, several=True):
    def make(add):
        for offset, scale in ((0, 1), (1000, 3)):
            exact = lambda x: (x * 8).round() / 8  # in float32 and in seven digits
            y = exact(randn(8, 3) * scale + offset)
            add(y, exact(y + randn(8, 3) / 2), formula)
            add(y[:, 0], exact(y[:, 0] + randn(8) / 2), formula)
        if several:
            add(y[:1], y[:1] + 1, formula)
    return make


def r_squared(y, p, w):
    """sklearn's r2_score with multioutput='uniform_average'."""
    if y.dim() == 1:
        y, p, w = y[:, None], p[:, None], w[:, None]
    center = (w * y).sum(0) / w.sum()
    return (1 - (w * (y - p) ** 2).sum(0) / (w * (y - center) ** 2).sum(0)).mean().item()


metric('meanAbsoluteError', regression(lambda y, p, w: mean((p - y).abs(), w)))
metric('rootMeanSquaredError', regression(lambda y, p, w: math.sqrt(mean((p - y) ** 2, w))))
metric('rSquared', regression(r_squared, several=False))


# --- text -----------------------------------------------------------------------------------------------------------------------
def bleu(y, p, w, maxOrder=4, smoothing='none', padding=None):
    """Papineni et al., 2002, of a corpus with one reference for each candidate; weights repeat texts."""
    grams = lambda text, n: collections.Counter(tuple(text[i:i + n]) for i in range(len(text) - n + 1))
    texts = [[[t for t in row if t != padding] for row in side.tolist()] for side in (y, p)]
    w = w.flatten().tolist()
    total = lambda f: sum(u * f(a, b) for u, a, b in zip(w, *texts))
    logs = 0.
    for n in range(1, maxOrder + 1):
        extra = 1 if smoothing == 'addOne' and n > 1 else 0
        matches = total(lambda a, b: sum((grams(a, n) & grams(b, n)).values())) + extra
        if matches == 0:
            return 0.
        logs += math.log(matches / (total(lambda a, b: max(0, len(b) - n + 1)) + extra))
    r, c = total(lambda a, b: len(a)), total(lambda a, b: len(b))
    return min(1, math.exp(1 - r / c)) * math.exp(logs / maxOrder)


def texts(add):
    y = torch.randint(1, 4, (8, 9))
    p = torch.where(torch.rand(8, 9) < .8, y, torch.randint(1, 4, (8, 9)))
    y[2, 6:] = 0; p[2, 5:] = 0; p[3, 7:] = 0; p[4, 1:] = 0; y[6, 5:] = 0
    for options in (dict(padding=0), dict(padding=0, maxOrder=2), dict(padding=0, smoothing='addOne'), {}):
        add(y, p[:, :8], bleu, options)
    add(y[4:5], p[4:5], bleu, dict(padding=0))
    add(y[4:5], p[4:5], bleu, dict(padding=0, smoothing='addOne'))


metric('bleu', texts)

"""Values and gradients of the penalties in float64, one file a penalty: python3 tools/goldens/regularizers.py"""
import torch
from golden import golden, numbers, randn

extreme = torch.tensor([0., -0., 80., -80., 1e-30, -1e-30, 1e-4, 1.], dtype=torch.float64)
l1 = lambda w: w.abs().sum()
l2 = lambda w: (w ** 2).sum() / 2


def elastic_net(w, l1Ratio=.5):
    return l1Ratio * l1(w) + (1 - l1Ratio) * l2(w)


def group_lasso(w, axis=-1):
    if w.numel() == 0: return w.sum()
    rows = torch.atleast_1d(w).movedim(axis, 0)
    rows = rows.reshape(rows.shape[0], -1)
    return rows.norm(dim=1).sum() * rows.shape[1] ** .5


def orthogonal(w):
    if w.dim() < 2 or w.numel() == 0: return w.sum() * 0
    m = w.reshape(-1, w.shape[-1])
    gram = m.T @ m if m.shape[0] >= m.shape[1] else m @ m.T
    return ((gram - torch.eye(len(gram), dtype=m.dtype)) ** 2).sum()


penalties = dict(l1=(l1, {}), l2=(l2, {}), elasticNet=(elastic_net, {}, dict(l1Ratio=.2)), groupLasso=(group_lasso, {}, dict(axis=-2)),
                 orthogonal=(orthogonal, {}))
for regularizer, (term, *variants) in penalties.items():
    with golden('regularizers', regularizer) as cases:
        normal = randn(4, 3)
        groups = dict(mixed={'a.kernel': normal, 'a.bias': extreme, 'b.kernel': extreme.reshape(2, 2, 2) * .5, 'scale': normal[0, 0]},
                      zeros={'a.kernel': torch.zeros(2, 3).double()}, one={'a.kernel': normal[:1]}, empty={'a.kernel': torch.zeros(0, 3).double()})
        for options in variants:
            for group, params in groups.items():
                for rate, only in ((1., None), (3e-4, None), (.1, 'kernel$'), (0., None)):
                    if only is None and options.get('axis') == -2 and group == 'mixed': continue  # biases lack this axis
                    leaves = {name: w.clone().requires_grad_() for name, w in params.items()}
                    chosen = [w for name, w in leaves.items() if only is None or name.endswith('kernel')]
                    value = rate * sum((term(w, **options) for w in chosen), torch.zeros((), dtype=torch.float64))
                    value.backward()
                    cases.append(dict(group=group, rate=rate, only=only, options=options, value=numbers(value)[0],
                                      params={n: dict(shape=list(w.shape), values=numbers(w)) for n, w in params.items()},
                                      gradients={n: numbers(w.grad if w.grad is not None else torch.zeros_like(w)) for n, w in leaves.items()}))

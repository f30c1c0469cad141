"""Values and gradients of the penalties in float64, one file a penalty: python3 tools/goldens/regularizers.py"""
import torch
from golden import golden, numbers, randn

extreme = torch.tensor([0., -0., 80., -80., 1e-30, -1e-30, 1e-4, 1.], dtype=torch.float64)
penalties = dict(l1=lambda w: w.abs().sum(), l2=lambda w: (w ** 2).sum() / 2)
for regularizer, term in penalties.items():
    with golden('regularizers', regularizer) as cases:
        normal = randn(4, 3)
        groups = dict(mixed={'a.kernel': normal, 'a.bias': extreme, 'b.kernel': extreme.reshape(2, 2, 2) * .5, 'scale': normal[0, 0]},
                      zeros={'a.kernel': torch.zeros(2, 3).double()}, one={'a.kernel': normal[:1]}, empty={'a.kernel': torch.zeros(0, 3).double()})
        for group, params in groups.items():
            for rate, only in ((1., None), (3e-4, None), (.1, 'kernel$'), (0., None)):
                leaves = {name: w.clone().requires_grad_() for name, w in params.items()}
                chosen = [w for name, w in leaves.items() if only is None or name.endswith('kernel')]
                value = rate * sum((term(w) for w in chosen), torch.zeros((), dtype=torch.float64))
                value.backward()
                cases.append(dict(group=group, rate=rate, only=only, value=numbers(value)[0],
                                  params={n: dict(shape=list(w.shape), values=numbers(w)) for n, w in params.items()},
                                  gradients={n: numbers(w.grad if w.grad is not None else torch.zeros_like(w)) for n, w in leaves.items()}))

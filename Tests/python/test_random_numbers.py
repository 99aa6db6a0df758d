"""Random numbers against SciPy's distributions, by Kolmogorov and Smirnov's test and by chi-square."""

import numpy as np
import pytest
import scipy.stats as stats

import tensor_files

COUNT = 40_000
# One false alarm in a million samples, and the seed is fixed: a failure is no accident.
ALPHA = 1e-6

CONTINUOUS = {
    "random.uniform(shape: [n], in: -2..<3)": stats.uniform(-2, 5),
    "random.normal(shape: [n], mean: 1, standardDeviation: 2)": stats.norm(1, 2),
    "random.exponential(shape: [n], rate: 3)": stats.expon(scale=1 / 3),
    "random.gamma(shape: [n], concentration: 0.3)": stats.gamma(0.3),
    "random.gamma(shape: [n], concentration: 4.5, scale: 2)": stats.gamma(4.5, scale=2),
    "random.beta(shape: [n], a: 0.4, b: 0.7)": stats.beta(0.4, 0.7),
    "random.beta(shape: [n], a: 5, b: 2)": stats.beta(5, 2),
    "random.chiSquare(shape: [n], degrees: 5)": stats.chi2(5),
    "random.studentT(shape: [n], degrees: 2.5)": stats.t(2.5),
    "random.laplace(shape: [n], location: 1, scale: 2)": stats.laplace(1, 2),
    "random.logistic(shape: [n])": stats.logistic(),
    "random.gumbel(shape: [n], scale: 2)": stats.gumbel_r(scale=2),
    "random.cauchy(shape: [n])": stats.cauchy(),
    "random.logNormal(shape: [n], standardDeviation: 0.5)": stats.lognorm(0.5),
    "random.weibull(shape: [n], concentration: 1.5)": stats.weibull_min(1.5),
    "random.truncatedNormal(shape: [n], in: -1...0.5)": stats.truncnorm(-1, 0.5),
    "random.truncatedNormal(shape: [n], in: -0.5...9)": stats.truncnorm(-0.5, 9),
    "random.truncatedNormal(shape: [n], in: 3...Double.infinity)": stats.truncnorm(3, np.inf),
    "random.truncatedNormal(shape: [n], in: -4 ... -3.9)": stats.truncnorm(-4, -3.9),
}

DISCRETE = {
    "random.integers(shape: [n], in: -3..<11)": stats.randint(-3, 11),
    "random.poisson(shape: [n], rate: 0.7)": stats.poisson(0.7),
    "random.poisson(shape: [n], rate: 9.99)": stats.poisson(9.99),
    "random.poisson(shape: [n], rate: 10)": stats.poisson(10),
    "random.poisson(shape: [n], rate: 300)": stats.poisson(300),
    "random.binomial(shape: [n], trials: 12, probability: 0.3)": stats.binom(12, 0.3),
    "random.binomial(shape: [n], trials: 60, probability: 0.4)": stats.binom(60, 0.4),
    "random.binomial(shape: [n], trials: 500, probability: 0.93)": stats.binom(500, 0.93),
    "random.geometric(shape: [n], probability: 0.15)": stats.geom(0.15),
    "random.negativeBinomial(shape: [n], successes: 3.5, probability: 0.4)": stats.nbinom(3.5, 0.4),
}


@pytest.fixture(scope="module")
def samples(shared_kernel, tmp_path_factory):
    target = tmp_path_factory.mktemp("samples") / "samples"
    lines = [
        f'out["{name}"] = ({name} as Tensor<{kind}>)'
        for kind, names in (("Double", CONTINUOUS), ("Int", DISCRETE))
        for name in names
    ]
    shared_kernel.ok(
        "\n".join(
            ["import Martlet", f"let n = {COUNT}", "var random = RandomGenerator(seed: 2026)"]
            + ["var out: [String: any AnyTensor] = [:]"]
            + lines
            + [f'try Safetensors.write(out, to: "{target}")']
        )
    )
    return tensor_files.read(target)


@pytest.mark.parametrize("name", CONTINUOUS)
def test_continuous(samples, name):
    assert stats.kstest(samples[name], CONTINUOUS[name].cdf).pvalue > ALPHA


@pytest.mark.parametrize("name", DISCRETE)
def test_discrete(samples, name):
    drawn, distribution = samples[name], DISCRETE[name]
    # Neighbouring values are joined until twenty are expected, as the test's approximation asks for.
    low, high = int(distribution.ppf(1e-9)), int(distribution.ppf(1 - 1e-9)) + 1
    values = np.arange(low - 1, high + 1)
    expected, counts = [0.0], [0]
    for value, probability in zip(values, distribution.pmf(values)):
        expected[-1] += COUNT * probability
        counts[-1] += int((drawn == value).sum())
        if expected[-1] >= 20:
            expected.append(0.0)
            counts.append(0)
    rest, left = expected.pop(), counts.pop()
    expected[-1] += rest
    counts[-1] += left
    assert sum(counts) == COUNT, "a number lies where none can"
    expected = np.array(expected) * COUNT / sum(expected)
    assert stats.chisquare(counts, expected).pvalue > ALPHA

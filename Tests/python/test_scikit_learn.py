"""Learners, metrics and splits against scikit-learn, on scikit-learn's own data sets.

`LearnersRunner` (Tests/LearnersRunner) computes each case from the same numbers. It saves and loads every model between
`fit` and the questions, so that each comparison also checks that.
"""

import json
import os
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn import (
    cluster, datasets, decomposition, ensemble, impute, linear_model, metrics, model_selection, neighbors, pipeline,
    preprocessing, tree,
)
from threadpoolctl import threadpool_limits

RUNNER = Path(__file__).parents[2] / ".build/release/LearnersRunner"


class Learners:
    """The runner, asked one case at a time."""

    def __init__(self):
        self.process = subprocess.Popen(
            [RUNNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"})

    def __call__(self, task, data=None, words=None, **settings):
        arrays = {name: np.asarray(value, dtype=float) for name, value in (data or {}).items()}
        request = {
            "task": task, "settings": {name: float(value) for name, value in settings.items()}, "words": words or {},
            "data": {name: {"shape": list(a.shape), "values": [v if np.isfinite(v) else str(v) for v in a.ravel().tolist()]}
                     for name, a in arrays.items()},
        }
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the runner stopped at {task}"
        answer = json.loads(line)
        assert "error" not in answer["texts"], answer["texts"]
        numbers = {"inf": np.inf, "-inf": -np.inf, "nan": np.nan}
        result = dict(answer["texts"])
        for name, value in answer["data"].items():
            values = [numbers.get(v, v) if isinstance(v, str) else v for v in value["values"]]
            result[name] = np.array(values, dtype=float).reshape(value["shape"])
        return result


@pytest.fixture(scope="module")
def learners():
    runner = Learners()
    yield runner
    runner.process.stdin.close()
    assert runner.process.wait(timeout=20) == 0


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Keeps both sides from waiting for threads that a busy machine does not run."""
    with threadpool_limits(1):
        yield


def close(actual, expected, tolerance=1e-8):
    expected = np.asarray(expected, dtype=float)
    assert actual.shape == expected.shape
    scale = max(np.abs(expected[np.isfinite(expected)]).max(initial=0), 1e-3)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=tolerance * scale)


def split(load, *, scaled=False):
    """A data set of scikit-learn's, the last part of it to judge by."""
    x, y = load(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    x, y = x[order], y[order]
    if scaled:
        x = preprocessing.StandardScaler().fit_transform(x)
    cut = len(x) * 3 // 4
    return {"x": x[:cut], "y": y[:cut], "xTest": x[cut:]}, y[cut:]


DIABETES, DIABETES_Y = split(datasets.load_diabetes)
IRIS, IRIS_Y = split(datasets.load_iris)
CANCER, CANCER_Y = split(datasets.load_breast_cancer, scaled=True)
WINE, WINE_Y = split(datasets.load_wine, scaled=True)


# Linear models


@pytest.mark.parametrize("task, model, settings", [
    ("LinearRegression", linear_model.LinearRegression(), {}),
    ("LinearRegression", linear_model.LinearRegression(fit_intercept=False), {"fitsIntercept": 0}),
    ("Ridge", linear_model.Ridge(alpha=0.3), {"alpha": 0.3}),
    ("Ridge", linear_model.Ridge(alpha=50, fit_intercept=False), {"alpha": 50, "fitsIntercept": 0}),
    ("Lasso", linear_model.Lasso(alpha=0.5, tol=1e-12, max_iter=100000), {"alpha": 0.5}),
    ("ElasticNet", linear_model.ElasticNet(alpha=0.05, l1_ratio=0.7, tol=1e-12, max_iter=100000),
     {"alpha": 0.05, "l1Ratio": 0.7}),
])
def test_linear_regressors(learners, task, model, settings):
    got = learners(task, DIABETES, **settings)
    model.fit(DIABETES["x"], DIABETES["y"])
    close(got["coefficients"], model.coef_, 1e-6)
    close(got["intercept"], model.intercept_, 1e-6)
    close(got["predictions"], model.predict(DIABETES["xTest"]), 1e-6)
    if task == "Lasso":
        assert ((got["coefficients"] == 0) == (model.coef_ == 0)).all()


def test_ridge_and_least_squares_with_more_features_than_samples(learners):
    few = {"x": CANCER["x"][:12], "y": CANCER["x"][:12, 0] * 3 + CANCER["y"][:12], "xTest": CANCER["xTest"]}
    for task, model in [("Ridge", linear_model.Ridge()), ("LinearRegression", linear_model.LinearRegression())]:
        got = learners(task, few)
        close(got["coefficients"], model.fit(few["x"], few["y"]).coef_, 1e-7)


@pytest.mark.parametrize("data", [IRIS, CANCER, WINE], ids=["iris", "cancer", "wine"])
@pytest.mark.parametrize("c", [0.1, 1, 20])
def test_logistic_regression(learners, data, c):
    got = learners("LogisticRegression", data, c=c)
    model = linear_model.LogisticRegression(C=c, tol=1e-10, max_iter=20000).fit(data["x"], data["y"])
    close(got["coefficients"], model.coef_, 2e-5)
    close(got["intercepts"], model.intercept_, 2e-5)
    close(got["decision"], model.decision_function(data["xTest"]), 2e-5)
    close(got["probabilities"], model.predict_proba(data["xTest"]), 2e-5)
    assert (got["predictions"] == model.predict(data["xTest"])).all()


def test_logistic_regression_with_balanced_classes_and_without_intercept(learners):
    rare = {"x": CANCER["x"][:200], "y": CANCER["y"][:200], "xTest": CANCER["xTest"]}
    got = learners("LogisticRegression", rare, words={"classWeight": "balanced"})
    model = linear_model.LogisticRegression(class_weight="balanced", tol=1e-10, max_iter=20000)
    close(got["coefficients"], model.fit(rare["x"], rare["y"]).coef_, 2e-5)
    got = learners("LogisticRegression", WINE, fitsIntercept=0)
    model = linear_model.LogisticRegression(fit_intercept=False, tol=1e-10, max_iter=20000)
    close(got["coefficients"], model.fit(WINE["x"], WINE["y"]).coef_, 2e-5)


# Neighbours


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("count", [1, 5, 12])
def test_nearest_neighbours(learners, weights, count):
    got = learners("KNeighborsClassifier", CANCER, {"weights": weights}, neighbors=count)
    model = neighbors.KNeighborsClassifier(count, weights=weights).fit(CANCER["x"], CANCER["y"])
    close(got["probabilities"], model.predict_proba(CANCER["xTest"]))
    assert (got["predictions"] == model.predict(CANCER["xTest"])).all()
    # Asked about what it remembers, too: distances of 0.
    again = DIABETES | {"xTest": np.concatenate([DIABETES["xTest"], DIABETES["x"][:9]])}
    got = learners("KNeighborsRegressor", again, {"weights": weights}, neighbors=count)
    model = neighbors.KNeighborsRegressor(count, weights=weights).fit(again["x"], again["y"])
    close(got["predictions"], model.predict(again["xTest"]))


# Trees


@pytest.mark.parametrize("settings", [
    {"maxDepth": 3}, {"maxDepth": 5, "minSamplesLeaf": 4}, {"maxDepth": 4, "minImpurityDecrease": 60},
])
def test_regression_trees(learners, settings):
    # Random features, so that no two questions are equally good; scikit-learn keeps them in 32 bits.
    random = np.random.default_rng(3)
    x = random.standard_normal((400, 5)).astype(np.float32).astype(float)
    y = 40 * np.sin(x[:, 0]) + 20 * x[:, 1] * x[:, 2] + random.standard_normal(400)
    data = {"x": x[:300], "y": y[:300], "xTest": x[300:]}
    got = learners("DecisionTreeRegressor", data, **settings)
    model = tree.DecisionTreeRegressor(
        max_depth=settings["maxDepth"], min_samples_leaf=settings.get("minSamplesLeaf", 1),
        min_impurity_decrease=settings.get("minImpurityDecrease", 0), random_state=0).fit(data["x"], data["y"])
    close(got["predictions"], model.predict(data["xTest"]))
    close(got["importances"], model.feature_importances_)
    assert got["leaves"] == model.get_n_leaves()
    assert got["text"].split() == tree.export_text(model).split()


@pytest.mark.parametrize("criterion", ["gini", "entropy"])
@pytest.mark.parametrize("depth", [2, 4])
def test_classification_trees(learners, criterion, depth):
    random = np.random.default_rng(4)
    x = random.standard_normal((500, 4)).astype(np.float32).astype(float)
    y = (x[:, 0] + x[:, 1] ** 2 > 0.7).astype(int) + 2 * (x[:, 2] > 0.9)
    data = {"x": x[:400], "y": y[:400], "xTest": x[400:]}
    # Leaves of some size, as small nodes often have equally good questions.
    got = learners("DecisionTreeClassifier", data, {"criterion": criterion}, maxDepth=depth, minSamplesLeaf=12)
    model = tree.DecisionTreeClassifier(criterion=criterion, max_depth=depth, min_samples_leaf=12, random_state=0)
    model.fit(data["x"], data["y"])
    close(got["probabilities"], model.predict_proba(data["xTest"]))
    close(got["importances"], model.feature_importances_)
    assert got["leaves"] == model.get_n_leaves() and got["depth"] == model.get_depth()
    assert got["text"].split() == tree.export_text(model).split()


def test_a_full_tree_knows_its_samples(learners):
    got = learners("DecisionTreeClassifier", WINE | {"xTest": WINE["x"]})
    assert (got["predictions"] == WINE["y"]).all()


def test_boosted_trees_for_numbers(learners):
    got = learners("GradientBoostingRegressor", DIABETES, rounds=60)
    model = ensemble.GradientBoostingRegressor(n_estimators=60, random_state=0).fit(DIABETES["x"], DIABETES["y"])
    close(got["losses"][:20], model.train_score_[:20], 0.01)
    close(got["importances"], model.feature_importances_, 0.03)
    ours, theirs = metrics.r2_score(DIABETES_Y, got["predictions"]), model.score(DIABETES["xTest"], DIABETES_Y)
    assert abs(ours - theirs) < 0.03


@pytest.mark.parametrize("data, truth", [(IRIS, IRIS_Y), (CANCER, CANCER_Y), (WINE, WINE_Y)],
                         ids=["iris", "cancer", "wine"])
def test_boosted_trees_for_classes(learners, data, truth):
    got = learners("GradientBoostingClassifier", data, rounds=40)
    model = ensemble.GradientBoostingClassifier(n_estimators=40, random_state=0).fit(data["x"], data["y"])
    # The first rounds are the same but for equally good questions.
    losses = [metrics.log_loss(data["y"], p) for p in model.staged_predict_proba(data["x"])]
    close(got["losses"], losses, 0.01)
    ours, theirs = (got["predictions"] == truth).mean(), model.score(data["xTest"], truth)
    assert ours >= theirs - 0.03


def test_boosted_trees_over_parts_of_the_samples(learners):
    got = learners("GradientBoostingClassifier", CANCER, rounds=40, subsample=0.5)
    model = ensemble.GradientBoostingClassifier(n_estimators=40, subsample=0.5, random_state=0)
    theirs = model.fit(CANCER["x"], CANCER["y"]).score(CANCER["xTest"], CANCER_Y)
    assert (got["predictions"] == CANCER_Y).mean() >= theirs - 0.03


def test_random_forests(learners):
    for data, truth in [(IRIS, IRIS_Y), (CANCER, CANCER_Y), (WINE, WINE_Y)]:
        got = learners("RandomForestClassifier", data, trees=40)
        model = ensemble.RandomForestClassifier(40, random_state=0).fit(data["x"], data["y"])
        assert (got["predictions"] == truth).mean() >= model.score(data["xTest"], truth) - 0.04
        close(got["probabilities"].sum(axis=1), np.ones(len(truth)), 1e-9)
    got = learners("RandomForestRegressor", DIABETES, trees=40)
    model = ensemble.RandomForestRegressor(40, random_state=0).fit(DIABETES["x"], DIABETES["y"])
    ours, theirs = metrics.r2_score(DIABETES_Y, got["predictions"]), model.score(DIABETES["xTest"], DIABETES_Y)
    assert abs(ours - theirs) < 0.06


# Clusters and directions


def test_k_means_from_the_same_centres(learners):
    x = datasets.load_digits().data
    data = {"x": x, "xTest": x[:50] + 0.25, "centers": x[:10]}
    got = learners("KMeans", data, clusters=10, tolerance=0)
    model = cluster.KMeans(10, init=x[:10], n_init=1, tol=0, algorithm="lloyd").fit(x)
    close(got["centers"], model.cluster_centers_, 1e-9)
    assert (got["labels"] == model.labels_).all()
    close(got["inertia"], model.inertia_, 1e-10)
    assert got["iterations"] == model.n_iter_
    assert (got["predictions"] == model.predict(data["xTest"])).all()
    close(got["distances"], model.transform(data["xTest"]), 1e-9)


def test_k_means_from_its_own_centres(learners):
    x, _ = datasets.make_blobs(600, centers=6, random_state=2)
    got = learners("KMeans", {"x": x, "xTest": x}, clusters=6, initCount=5)
    model = cluster.KMeans(6, n_init=8, random_state=0).fit(x)
    close(got["inertia"], model.inertia_, 1e-3)
    assert metrics.adjusted_rand_score(got["labels"], model.labels_) > 0.99


def test_k_means_fills_empty_clusters(learners):
    x = np.concatenate([np.zeros((30, 2)), np.ones((30, 2)), [[5.0, 5.0]]])
    start = np.array([[0.0, 0.0], [100.0, 100.0], [200.0, 200.0]])
    got = learners("KMeans", {"x": x, "xTest": x, "centers": start}, clusters=3)
    assert len(set(got["labels"])) == 3 and got["inertia"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("load", [datasets.load_iris, datasets.load_digits, datasets.load_wine])
@pytest.mark.parametrize("whitens", [False, True])
def test_principal_components(learners, load, whitens):
    x = load().data[:150]
    got = learners("PCA", {"x": x, "xTest": x[:20]}, components=3, whitens=whitens)
    model = decomposition.PCA(3, whiten=whitens, svd_solver="full").fit(x)
    close(got["components"], model.components_)
    close(got["variance"], model.explained_variance_)
    close(got["ratio"], model.explained_variance_ratio_)
    close(got["singular"], model.singular_values_)
    close(got["transformed"], model.transform(x[:20]))
    close(got["inverse"], model.inverse_transform(model.transform(x[:20])))


def test_principal_components_by_part_of_the_variance(learners):
    x = datasets.load_digits().data
    got = learners("PCA", {"x": x, "xTest": x[:5]}, ratio=0.9)
    model = decomposition.PCA(0.9, svd_solver="full").fit(x)
    close(got["components"], model.components_, 1e-7)


# Preparation


def test_scalers(learners):
    x = np.array([[1.0, 5, 2], [3, 5, np.nan], [-4, 5, 7], [np.nan, 5, 0.5]])
    data = {"x": x, "xTest": x + 1}
    for task, model in [("StandardScaler", preprocessing.StandardScaler()),
                        ("MinMaxScaler", preprocessing.MinMaxScaler((-1, 2)))]:
        got = learners(task, data)
        close(got["transformed"], model.fit(x).transform(x + 1))
        close(got["inverse"], x + 1)


@pytest.mark.parametrize("drop", [None, "first"])
def test_one_hot_columns(learners, drop):
    x = np.array([[3.0, 1], [5, 2], [3, 9], [4, 1]])
    test = np.array([[5.0, 9], [3, 1], [8, 2]])
    got = learners("OneHotEncoder", {"x": x, "xTest": test}, {"drop": drop or "none"})
    model = preprocessing.OneHotEncoder(handle_unknown="ignore", sparse_output=False, drop=drop).fit(x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        close(got["transformed"], model.transform(test))


@pytest.mark.parametrize("strategy", ["mean", "median", "most_frequent", "constant"])
def test_missing_values(learners, strategy):
    x = np.array([[1.0, 5, 2], [3, np.nan, np.nan], [-4, 5, 7], [np.nan, 3, 0.5], [3, 3, 7]])
    got = learners("SimpleImputer", {"x": x, "xTest": x[::-1]}, {"strategy": strategy})
    close(got["transformed"], impute.SimpleImputer(strategy=strategy, fill_value=7).fit(x).transform(x[::-1]))


@pytest.mark.parametrize("degree, interactions, bias", [(1, 0, 1), (2, 0, 1), (3, 0, 0), (3, 1, 1), (9, 1, 1)])
def test_polynomial_features(learners, degree, interactions, bias):
    x = IRIS["x"][:6]
    got = learners("PolynomialFeatures", {"x": x, "xTest": x}, degree=degree, interactionsOnly=interactions,
                   includesBias=bias)
    model = preprocessing.PolynomialFeatures(degree, interaction_only=bool(interactions), include_bias=bool(bias))
    close(got["transformed"], model.fit_transform(x))


def test_pipelines(learners):
    x = CANCER["x"].copy()
    x[::7, 3] = np.nan
    got = learners("Pipeline", CANCER | {"x": x}, components=5)
    model = pipeline.make_pipeline(
        impute.SimpleImputer(strategy="median"), preprocessing.StandardScaler(),
        decomposition.PCA(5, svd_solver="full"), linear_model.LogisticRegression(tol=1e-10, max_iter=20000))
    model.fit(x, CANCER["y"])
    close(got["probabilities"], model.predict_proba(CANCER["xTest"]), 2e-5)


# Metrics


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("seed", range(4))
def test_scores_of_labels(learners, classes, seed):
    random = np.random.default_rng(seed)
    actual = random.integers(0, classes, 60)
    predicted = np.where(random.random(60) < 0.6, actual, random.integers(0, classes, 60))
    got = learners("labels", {"actual": actual, "predicted": predicted}, binary=classes == 2)
    close(got["accuracy"], metrics.accuracy_score(actual, predicted))
    close(got["balanced"], metrics.balanced_accuracy_score(actual, predicted))
    assert (got["confusion"] == metrics.confusion_matrix(actual, predicted)).all()
    for average in ["macro", "micro", "weighted"] + (["binary"] if classes == 2 else []):
        for name, score in [("precision", metrics.precision_score), ("recall", metrics.recall_score),
                            ("f1", metrics.f1_score)]:
            close(got[f"{name}_{average}"], score(actual, predicted, average=average))
    assert got["report"].split() == metrics.classification_report(actual, predicted, digits=3).split()


@pytest.mark.parametrize("seed", range(6))
def test_scores_of_ranks(learners, seed):
    random = np.random.default_rng(seed)
    actual = random.integers(0, 2, 80)
    scores = np.clip(0.3 * actual + 0.7 * random.random(80), 0, 1)
    if seed % 2:
        scores = np.round(scores, 1)
    got = learners("scores", {"actual": actual, "scores": scores})
    fpr, tpr, thresholds = metrics.roc_curve(actual, scores)
    close(got["fpr"], fpr)
    close(got["tpr"], tpr)
    assert (got["thresholds"] == thresholds).all()
    close(got["auc"], metrics.roc_auc_score(actual, scores))
    close(got["average_precision"], metrics.average_precision_score(actual, scores))
    precision, recall, thresholds = metrics.precision_recall_curve(actual, scores)
    close(got["precision"], precision)
    close(got["recall"], recall)
    close(got["pr_thresholds"], thresholds)
    close(got["log_loss"], metrics.log_loss(actual, scores))


def test_scores_of_probabilities(learners):
    random = np.random.default_rng(1)
    actual = random.integers(0, 4, 100)
    shares = random.dirichlet(np.ones(4), 100) + 0.7 * np.eye(4)[actual]
    shares /= shares.sum(axis=1, keepdims=True)
    got = learners("probabilities", {"actual": actual, "probabilities": shares})
    close(got["log_loss"], metrics.log_loss(actual, shares))
    close(got["auc"], metrics.roc_auc_score(actual, shares, multi_class="ovr"))


def test_scores_of_numbers(learners):
    random = np.random.default_rng(1)
    actual, predicted = random.standard_normal((2, 50)) * 30
    got = learners("numbers", {"actual": actual, "predicted": predicted})
    close(got["r2"], metrics.r2_score(actual, predicted))
    close(got["mse"], metrics.mean_squared_error(actual, predicted))
    close(got["rmse"], metrics.root_mean_squared_error(actual, predicted))
    close(got["mae"], metrics.mean_absolute_error(actual, predicted))


def test_silhouettes(learners):
    x, labels = datasets.make_blobs(300, centers=4, cluster_std=2.5, random_state=1)
    labels[0] = 9  # A cluster of one.
    got = learners("silhouette", {"x": x, "labels": labels})
    close(got["silhouette"], metrics.silhouette_score(x, labels))


# Splits


@pytest.mark.parametrize("count, folds", [(10, 5), (23, 4), (7, 7)])
def test_folds(learners, count, folds):
    got = learners("KFold", count=count, folds=folds)
    for number, (train, test) in enumerate(model_selection.KFold(folds).split(np.zeros(count))):
        assert (got[f"train{number}"] == train).all() and (got[f"test{number}"] == test).all()


def test_stratified_folds(learners):
    for y in [IRIS["y"], CANCER["y"], np.array([2, 2, 1, 0, 0, 1, 1, 1, 2, 0, 0, 2, 1])]:
        got = learners("StratifiedKFold", {"y": y}, folds=3)
        for number, (train, test) in enumerate(model_selection.StratifiedKFold(3).split(y, y)):
            assert (got[f"train{number}"] == train).all() and (got[f"test{number}"] == test).all()


def test_cross_validation(learners):
    got = learners("crossValidate", DIABETES, folds=4)
    model = linear_model.Ridge(alpha=0.1)
    expected = model_selection.cross_validate(
        model, DIABETES["x"], DIABETES["y"], cv=model_selection.KFold(4), return_train_score=True)
    close(got["test"], expected["test_score"])
    close(got["train"], expected["train_score"])


def test_grid_search(learners):
    alphas = [0.001, 0.03, 0.1, 1, 10]
    got = learners("gridSearch", DIABETES | {"alphas": alphas})
    search = model_selection.GridSearchCV(linear_model.Ridge(), {"alpha": alphas}).fit(DIABETES["x"], DIABETES["y"])
    close(got["scores"], search.cv_results_["mean_test_score"])
    assert got["best"] == search.best_params_["alpha"]
    close(got["coefficients"], search.best_estimator_.coef_)

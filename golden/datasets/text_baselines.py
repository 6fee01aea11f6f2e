"""What simple models reach on a text set: the majority class, and logistic regression on bags of words.

    python text_baselines.py ../../packages/datasets/data/state-of-the-union.json.gz [training texts] [words a text]
"""

import sys

from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from text_set import TOKEN, load_text_set


def main() -> None:
    train_limit = int(sys.argv[2]) if len(sys.argv) > 2 else None
    max_tokens = int(sys.argv[3]) if len(sys.argv) > 3 else None
    data = load_text_set(sys.argv[1], train_limit, max_tokens)
    majority = max(set(data.train_y), key=data.train_y.count)
    print("texts", len(data.train), len(data.test))
    print("majority", round(data.test_y.count(majority) / len(data.test_y), 4))
    for name, vectorizer, C in [
        ("counts, C 0.1", CountVectorizer(token_pattern=TOKEN, max_features=10_000), 0.1),
        ("counts, C 1", CountVectorizer(token_pattern=TOKEN, max_features=10_000), 1.0),
        ("tf-idf, C 1", TfidfVectorizer(token_pattern=TOKEN, max_features=10_000), 1.0),
        ("tf-idf, C 10", TfidfVectorizer(token_pattern=TOKEN, max_features=10_000), 10.0),
    ]:
        model = make_pipeline(vectorizer, LogisticRegression(C=C, max_iter=2000))
        model.fit(data.train, data.train_y)
        print(name, round(model.score(data.test, data.test_y), 4))


if __name__ == "__main__":
    main()

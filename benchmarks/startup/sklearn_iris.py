from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

X, y = load_iris(return_X_y=True)
scaled = StandardScaler().fit_transform(X)
model = LogisticRegression().fit(scaled, y)
print(model.score(scaled, y))

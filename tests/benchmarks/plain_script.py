"""What a person would write without reportgen: the tutorial network, one metric and two plots."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import matplotlib as mpl
import pandas as pd
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

mpl.use("Agg")
import matplotlib.pyplot as plt

data, folder = sys.argv[1:]
frame = pd.read_csv(data)
X = frame.drop(columns="target").to_numpy()
y = (frame["target"] == "malignant").to_numpy().astype(int)
X_rest, X_test, y_rest, y_test = train_test_split(X, y, test_size=0.2, random_state=42, stratify=y)
# 57 of 569 rows watch training, as `validation: 0.1` does.
X_train, X_watch, y_train, y_watch = train_test_split(X_rest, y_rest, test_size=57, random_state=42, stratify=y_rest)
scaler = StandardScaler().fit(X_train)
X_train, X_watch, X_test = map(scaler.transform, (X_train, X_watch, X_test))

keras.utils.set_random_seed(42)
model = keras.Sequential(
    [
        keras.layers.Input((X.shape[1],)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(X_train, y_train, epochs=100, batch_size=32, validation_data=(X_watch, y_watch), verbose=0).history
print("f1", f1_score(y_test, model.predict(X_test, verbose=0)[:, 0] >= 0.5))

for name in ("loss", "accuracy"):
    figure, axes = plt.subplots()
    axes.plot(history[name], label="train")
    axes.plot(history[f"val_{name}"], label="validation")
    axes.set_xlabel("epoch")
    axes.set_ylabel(name)
    axes.legend()
    figure.savefig(os.path.join(folder, f"{name}.png"))

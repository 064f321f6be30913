"""scikit-learn estimators over any architecture: nna.Classifier, nna.Regressor and their kin."""

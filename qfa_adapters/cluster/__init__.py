"""Clusters of vectors, by scikit-learn."""

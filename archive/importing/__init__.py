"""Registers a station already keeps, brought in row by row (旧目录导入) [seed 5.1]."""

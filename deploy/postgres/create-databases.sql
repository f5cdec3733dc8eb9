-- Run once by the image's entry point, when the volume is new: one database for each subgraph.
CREATE DATABASE shop;
CREATE DATABASE crm;
CREATE DATABASE mes;

"""Finding records: what is indexed of them, and what whoever searches may see of that."""

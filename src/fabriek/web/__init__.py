"""What every page is made of: layout, forms, lists, plots, formats. Knows no person."""

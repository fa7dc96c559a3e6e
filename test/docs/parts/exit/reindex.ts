/** Work that ends by saying that there was nothing to do. */
process.exitCode = 3

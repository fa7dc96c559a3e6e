/** The program whose numbers Prometheus knows. */
setInterval(() => 'It serves.', 1_000)

const port = parseInt(process.env.PORT ?? '3100', 10)
export default { server: { port, host: true } }

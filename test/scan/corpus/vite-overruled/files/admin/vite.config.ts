export default { server: { port: 3003 } }

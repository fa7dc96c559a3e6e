FROM node:24
EXPOSE 3000
CMD ["node", "server.js"]

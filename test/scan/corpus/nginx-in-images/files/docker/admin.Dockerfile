FROM nginx:1.29
COPY ["docker/conf/", "/etc/nginx/conf.d/"]

upstream c { server 127.0.0.1:4000; server 127.0.0.1:4001; }
server { listen 80; server_name c.example.com; location / { proxy_pass http://c; } }

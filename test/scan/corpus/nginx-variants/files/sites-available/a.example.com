server { listen 80; server_name a.example.com; }
server { listen 80; server_name b.example.com; }

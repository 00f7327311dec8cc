"""供电所档案与票据存根管理 – the archive as a library; the web is one of its users."""

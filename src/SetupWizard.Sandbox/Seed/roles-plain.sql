-- A self-managed server: its admin is a superuser and may ALTER SYSTEM.
CREATE ROLE shop_admin LOGIN SUPERUSER PASSWORD :'admin_password';

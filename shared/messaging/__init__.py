"""RabbitMQ: topology, publishing with confirms, consuming, retries, requests and replies."""

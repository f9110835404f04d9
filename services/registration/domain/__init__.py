"""The rules of registration: who may register, who is whom, which association fits."""

"""What follow-up does, a file a use case: questions, answers, terms and alerts."""

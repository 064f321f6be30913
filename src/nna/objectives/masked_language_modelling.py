"""Find the words that are missing; of pairs of texts, say what holds of the two as well.

The loss is the sum of both surprises. Devlin and others (2019), BERT, section 3.1, appendix A.2.
"""

from nna.learning.masked_words import MaskedWords

OBJECTIVE = MaskedWords

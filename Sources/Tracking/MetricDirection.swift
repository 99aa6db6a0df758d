/// Which values of a metric are better.
package enum MetricDirection: Sendable, Equatable {
  case lowerIsBetter
  case higherIsBetter

  /// What the words of `key` say; `nil` when they say nothing.
  ///
  /// The last word with a meaning decides: `accuracy_loss` is a loss. A `negative` or `neg` before
  /// it turns it round: `neg_log_likelihood` is better when lower.
  package init?(key: String) {
    var direction: MetricDirection?
    var isNegated = false
    for word in Self.words(of: key) {
      if word == "neg" || word == "negative" {
        isNegated.toggle()
      } else if Self.lowerWords.contains(word) {
        direction = .lowerIsBetter
      } else if Self.higherWords.contains(word) {
        direction = .higherIsBetter
      }
    }
    guard let direction else { return nil }
    self = isNegated ? direction.opposite : direction
  }

  private var opposite: MetricDirection {
    self == .lowerIsBetter ? .higherIsBetter : .lowerIsBetter
  }

  /// The lowercase words of `valLoss`, `val_loss`, `val/loss` or `LOSS2`.
  private static func words(of key: String) -> [String] {
    var words: [String] = []
    var word = ""
    var previousIsLowercase = false
    for character in key {
      let isNewWord = character.isUppercase && previousIsLowercase
      if isNewWord || !(character.isLetter || character.isNumber) {
        words.append(word)
        word = ""
      }
      if character.isLetter || character.isNumber { word += character.lowercased() }
      previousIsLowercase = character.isLowercase
    }
    words.append(word)
    return words.flatMap { word -> [String] in
      // "f1" is a word, and "loss2" is "loss".
      let stem = String(word.prefix { !$0.isNumber })
      return stem.isEmpty || stem == word ? [word] : [word, stem]
    }
  }

  private static let lowerWords: Set<String> = [
    "brier", "cer", "cost", "crossentropy", "distance", "divergence", "duration", "ece", "eer",
    "err", "error", "errors", "fid", "fnr", "fpr", "kl", "latency", "logloss", "loss", "losses",
    "mae", "mape", "ms", "mse", "nll", "perplexity", "ppl", "regret", "rmse", "seconds", "smape",
    "time", "wer",
  ]

  private static let higherWords: Set<String> = [
    "acc", "accuracy", "ap", "auc", "auprc", "auroc", "bleu", "dice", "elbo", "f1", "f2", "fscore",
    "iou", "jaccard", "kappa", "likelihood", "map", "mcc", "mrr", "ndcg", "pearson", "precision",
    "psnr", "r2", "recall", "return", "reward", "roc", "rouge", "score", "sensitivity",
    "spearman", "specificity", "ssim", "throughput", "tnr", "tpr",
  ]
}
